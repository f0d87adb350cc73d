public import Foundation

/// Writes `matrix`, the factors a, b, c and d of ISO 14496-12, into the header of the only track of the MP4 file `file`:
/// players show a stored point (x, y) at (a·x + c·y, b·x + d·y).
public func setDisplayMatrix(_ matrix: [Int], of file: URL) throws {
  var data = try Data(contentsOf: file)
  guard matrix.count == 4, let header = data.range(of: Data("tkhd".utf8)) else {
    throw CocoaError(.fileReadCorruptFile)
  }
  // Behind the box's name: version and flags, five words, two reserved ones, four halves.
  let start = header.upperBound + 4 + 20 + 8 + 8
  for (place, factor) in zip([0, 4, 12, 16], matrix) {
    let fixed = UInt32(bitPattern: Int32(factor * 65536))
    for byte in 0..<4 { data[start + place + byte] = UInt8(truncatingIfNeeded: fixed >> (24 - 8 * UInt32(byte))) }
  }
  try data.write(to: file)
}
