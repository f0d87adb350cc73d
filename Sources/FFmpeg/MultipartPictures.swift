/// Cuts what a camera sends as `multipart/x-mixed-replace` into its pictures, each as soon as it is whole.
///
/// A part that does not tell its length is over with the end marker of its JPEG picture. (FFmpeg's demuxer waits for the
/// boundary behind it, which many cameras send with the next picture.) Where there is no such marker it is the boundary
/// that ends the part. Parts that say they are no pictures are passed over.
package struct MultipartPictures {
  /// What comes next.
  private enum Place {
    /// A boundary; other lines are passed over.
    case boundary
    /// A line of a part's head.
    case head
    /// So many bytes of a part.
    case counted(Int)
    /// The end of a part that does not tell its length.
    case uncounted
  }

  private var place = Place.boundary
  /// What came and is not yet used up, from `start` on.
  private var bytes: [UInt8] = []
  private var start = 0
  /// How far from `start` on the end of an uncounted part was looked for: as a boundary, as a marker.
  private var searched = (boundary: 0, marker: 0)
  /// The last boundary, behind the end of the line before it.
  private var boundary: [UInt8] = []
  private var length: Int?
  private var isPicture = true

  /// The longest line of a head, and the largest part: more is none.
  private static let most = (line: 1 << 16, part: 1 << 26)

  /// Nothing has come yet.
  package init() {}

  /// Takes what came.
  package mutating func add(_ more: UnsafeRawBufferPointer) {
    bytes.removeFirst(start)
    start = 0
    unsafe bytes.append(contentsOf: more)
  }

  /// Returns the next picture as it was sent; nil where more must come first.
  ///
  /// - Throws: `MediaError` iff a part is larger than pictures are.
  package mutating func next() throws(MediaError) -> ArraySlice<UInt8>? {
    while true {
      switch place {
      case .boundary:
        guard let line = line() else { return nil }
        if line.starts(with: Array("--".utf8)) {
          boundary = [UInt8(ascii: "\n")] + line
          (length, isPicture, place) = (nil, true, .head)
        }
      case .head:
        guard let line = line() else { return nil }
        guard line.isEmpty else {
          note(String(decoding: line, as: UTF8.self))
          continue
        }
        place = length.map(Place.counted) ?? .uncounted
        searched = (0, 0)
      case .counted(let count):
        if let picture = try part(count <= bytes.count - start ? count : nil, of: count) { return picture }
        if case .counted = place { return nil }
      case .uncounted:
        if let picture = try part(end(), of: bytes.count - start) { return picture }
        if case .uncounted = place { return nil }
      }
    }
  }

  /// Returns the picture of the next `count` bytes, behind which a boundary is looked for; nil where `count` is, or where
  /// they are no picture's.
  ///
  /// - Parameter least: how many bytes it has at least.
  private mutating func part(_ count: Int?, of least: Int) throws(MediaError) -> ArraySlice<UInt8>? {
    if least > Self.most.part { throw MediaError(reason: "a part of it has more than \(Self.most.part >> 20) MB") }
    guard let count else { return nil }
    defer { (start, place) = (start + count, .boundary) }
    return isPicture && count > 0 ? bytes[start..<start + count] : nil
  }

  /// Removes and returns the next line without what ends it; nil where more must come first.
  private mutating func line() -> ArraySlice<UInt8>? {
    guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
      // No line, but what a picture has behind its end.
      if bytes.count - start > Self.most.line { (start, place) = (bytes.count, .boundary) }
      return nil
    }
    defer { start = end + 1 }
    let space = [UInt8(ascii: "\r"), UInt8(ascii: " "), UInt8(ascii: "\t")]
    return bytes[start..<(bytes[start..<end].lastIndex { !space.contains($0) }.map { $0 + 1 } ?? start)]
  }

  /// Notes what a line of a part's head says.
  private mutating func note(_ line: String) {
    let words = line.lowercased().split(separator: ":", maxSplits: 1)
    guard let name = words.first, let said = words.last?.drop(while: { $0 == " " || $0 == "\t" }) else { return }
    switch name {
    case "content-length": length = Int(said).flatMap { $0 > 0 ? $0 : nil }
    case "content-type": isPicture = said.hasPrefix("image/")
    default: break
    }
  }

  /// Returns how many bytes an uncounted part has; nil where more must come first.
  private mutating func end() -> Int? {
    let marked = isPicture ? endOfMarkers() : nil
    // A picture that was cut short has its boundary before the end marker of the next one.
    let last = (marked.map { start + $0 } ?? bytes.count) - boundary.count
    var index = start + searched.boundary
    while index <= last {
      if bytes[index] == boundary[0], bytes[index..<index + boundary.count].elementsEqual(boundary) {
        return index - start
      }
      index += 1
    }
    searched.boundary = index - start
    return marked
  }

  /// Returns how many bytes there are up to the end marker of a part's picture; nil where it has not come.
  private mutating func endOfMarkers() -> Int? {
    let from = searched.marker
    let (end, index) = unsafe bytes[start...].withUnsafeBytes { bytes -> (Int?, Int) in
      guard var markers = unsafe JPEGMarkers(of: bytes, from: from) else { return (nil, from) }
      while let (marker, segment) = markers.next() {
        if marker == JPEGMarkers.end { return (segment.upperBound, from) }
      }
      return (nil, markers.index)
    }
    searched.marker = index
    return end
  }
}
