/// The markers of a JPEG picture, one behind the other (ITU-T T.81, annex B), each with its segment.
///
/// A segment is passed over by its length, and with it the thumbnail that it may hold. The data of a scan have no length:
/// a byte that looks like a marker's first is followed by 0 there.
@safe
struct JPEGMarkers {
  private let bytes: UnsafeRawBufferPointer
  /// Where the next marker is looked for: whoever has more of the bytes later goes on there.
  private(set) var index: Int

  /// The start of a scan.
  static let scan: UInt8 = 0xDA
  /// The end of the picture.
  static let end: UInt8 = 0xD9

  /// Those of the picture in `bytes` from `index` on, where the search before ended; nil where the bytes do not begin as
  /// a picture.
  init?(of bytes: UnsafeRawBufferPointer, from index: Int = 2) {
    guard bytes.count >= 2, unsafe bytes[0] == 0xFF, unsafe bytes[1] == 0xD8 else { return nil }
    unsafe self.bytes = bytes
    self.index = max(index, 2)
  }

  /// Returns the next marker, and where its segment lies with the two bytes of its length; that of a marker without one
  /// is empty. Nil at the end of the bytes, and where a segment goes beyond it.
  mutating func next() -> (marker: UInt8, segment: Range<Int>)? {
    while unsafe index + 1 < bytes.count {
      let marker = unsafe bytes[index + 1]
      // Where there is no marker the next one is looked for, as decoders do.
      guard unsafe bytes[index] == 0xFF, (0xC0...0xFE).contains(marker) else {
        index += 1
        continue
      }
      let start = index + 2
      if (0xD0...0xD9).contains(marker) {
        index = start
        return (marker, start..<start)
      }
      guard unsafe start + 1 < bytes.count else { return nil }
      let end = unsafe start + max(Int(bytes[start]) << 8 | Int(bytes[start + 1]), 2)
      guard unsafe end <= bytes.count else { return nil }
      index = end
      return (marker, start..<end)
    }
    return nil
  }
}
