/// What can be told of a JPEG picture without decoding it.
package enum JPEGPicture {
  /// Whether it begins as a JPEG picture and its end marker follows the start of its scan.
  ///
  /// A picture that was cut short within its last block has whole scans to the decoder. Bytes after the end are allowed:
  /// many cameras fill up their buffers.
  package static func isWhole(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 4, unsafe bytes[0] == 0xFF, unsafe bytes[1] == 0xD8 else { return false }
    var index = bytes.count - 2
    while index >= 2 {
      // Within a scan 0xFF is followed by 0 or by a marker of its own, so neither pair is part of the picture.
      if unsafe bytes[index] == 0xFF {
        switch unsafe bytes[index + 1] {
        case 0xD9: return unsafe hasScan(before: index, in: bytes)
        case 0xDA: return false
        default: break
        }
      }
      index -= 1
    }
    return false
  }

  /// Whether a scan starts before the end marker at `end`; that of a thumbnail alone would be none of ours.
  private static func hasScan(before end: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 2
    // From one marker segment to the next, which say how long they are.
    while index + 4 <= end {
      guard unsafe bytes[index] == 0xFF else { return false }
      let marker = unsafe bytes[index + 1]
      if marker == 0xDA { return true }
      // Fill bytes, and markers without a segment.
      if marker == 0xFF {
        index += 1
      } else if marker == 0x01 || (0xD0...0xD8).contains(marker) {
        index += 2
      } else {
        index += unsafe 2 + max(Int(bytes[index + 2]) << 8 | Int(bytes[index + 3]), 2)
      }
    }
    return false
  }
}

/// Tells which of a camera's JPEG pictures were cut short.
///
/// A few cameras write no end markers at all. Where the first pictures have none, the decoder alone judges, until one
/// has.
package struct JPEGEnds: Sendable {
  private var hasEnds = false
  private var missingCount = 0

  /// After so many pictures without an end marker the camera is believed to write none.
  package static let patience = 8

  package init() {}

  /// Whether the picture in `bytes` was cut short, as far as can be told without decoding it.
  package mutating func isCutShort(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if unsafe JPEGPicture.isWhole(bytes) {
      hasEnds = true
      return false
    }
    missingCount = min(missingCount + 1, Self.patience + 1)
    return hasEnds || missingCount <= Self.patience
  }
}
