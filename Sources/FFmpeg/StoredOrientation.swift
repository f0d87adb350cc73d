internal import CFFmpeg

/// The orientation that a still picture's own bytes tell, where the decoder does not pass it on: of PNG and TIFF.
enum StoredOrientation {
  /// Returns EXIF's number of the orientation of the picture in `bytes`, as `codec` codes it; nil where they do not say.
  static func number(in bytes: UnsafeRawBufferPointer, _ codec: AVCodecID) -> UInt8? {
    switch codec {
    case AV_CODEC_ID_TIFF: unsafe inTIFF(bytes)
    case AV_CODEC_ID_PNG: unsafe inPNG(bytes)
    default: nil
    }
  }

  /// Of a chunk `eXIf` (PNG, third edition, 11.3.3.2), which holds a TIFF without a picture.
  private static func inPNG(_ bytes: UnsafeRawBufferPointer) -> UInt8? {
    var start = 8
    while start + 12 <= bytes.count {
      let length = unsafe number(of: 4, at: start, in: bytes, isLittle: false)
      guard length <= bytes.count - start - 12 else { return nil }
      let data = start + 8
      if unsafe bytes[start + 4..<data].elementsEqual("eXIf".utf8) {
        return unsafe inTIFF(UnsafeRawBufferPointer(rebasing: bytes[data..<data + length]))
      }
      start = data + length + 4
    }
    return nil
  }

  /// Of the first list of a TIFF (TIFF 6.0, section 2), in its tag 274.
  private static func inTIFF(_ bytes: UnsafeRawBufferPointer) -> UInt8? {
    guard bytes.count >= 8 else { return nil }
    let isLittle = unsafe bytes[0] == UInt8(ascii: "I")
    func number(_ size: Int, _ place: Int) -> Int {
      unsafe Self.number(of: size, at: place, in: bytes, isLittle: isLittle)
    }
    guard number(2, 2) == 42 else { return nil }
    let list = number(4, 4)
    guard list <= bytes.count - 2 else { return nil }
    for entry in 0..<number(2, list) {
      let place = list + 2 + 12 * entry
      guard place + 12 <= bytes.count else { return nil }
      // The value, of 16 or of 32 bits, stands in the entry itself.
      guard number(2, place) == 274 else { continue }
      let value = number(number(2, place + 2) == 4 ? 4 : 2, place + 8)
      return (1...8).contains(value) ? UInt8(value) : nil
    }
    return nil
  }

  /// Returns the number of `size` bytes at `place`, which lie in `bytes`.
  private static func number(of size: Int, at place: Int, in bytes: UnsafeRawBufferPointer, isLittle: Bool) -> Int {
    (0..<size).reduce(0) { $0 << 8 | Int(unsafe bytes[place + (isLittle ? size - 1 - $1 : $1)]) }
  }
}
