import Foundation
import TestData

/// The pictures of the TensorFlow Lite goldens, and what a network reads of them.
enum LitePictures {
  static let names = ["people", "bus", "pattern"]

  /// Returns the RGB bytes of the part that a network of this size reads.
  static func bytes(_ name: String, width: Int, height: Int) throws -> [UInt8] {
    let pixels = name == "pattern" ? nil : try rawPicture(of: TestData.shared("synth/tflite/\(name).png"), "rgb24")
    // The smallest networks read a part with something in it.
    let corner = width == 96 && pixels != nil ? (row: 100, column: name == "people" ? 100 : 60) : (row: 0, column: 0)
    return (0..<height).flatMap { row in
      (0..<width).flatMap { column in
        (0..<3).map { channel in
          pixels.map { $0[3 * (300 * (corner.row + row) + corner.column + column) + channel] }
            ?? UInt8(pattern(column, row, channel))
        }
      }
    }
  }

  /// The test picture that is a formula.
  static func pattern(_ x: Int, _ y: Int, _ c: Int) -> Int {
    let mask = 0xFFFF_FFFF
    var state = ((y &* 73_856_093) ^ (x &* 19_349_663) ^ (c &* 83_492_791) ^ 1) & mask
    state = (state &* 1_664_525 &+ 1_013_904_223) & mask
    let noise = (state >> 24) & 63
    return (3 * x + 2 * y * (c + 1) + noise + 96 * ((x / 32 + y / 48) & 1)) & 255
  }
}
