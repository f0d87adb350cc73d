internal import Model
internal import Posix

/// What a file is that is no model, as far as its first bytes tell.
enum ForeignContent {
  /// How files of other kinds begin.
  private static let beginnings: [(bytes: [UInt8], kind: String)] = [
    ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"), ([0xFF, 0xD8, 0xFF], "a JPEG picture"),
    (Array("GIF8".utf8), "a GIF picture"), (Array("RIFF".utf8), "an AVI, WAV or WebP file"),
    ([0x1A, 0x45, 0xDF, 0xA3], "a Matroska or WebM file"),
  ]

  /// Returns why a file with this content is no model.
  static func reason(_ content: MappedFile) -> String {
    guard content.count > 0 else { return "the file is empty" }
    let start = content.prefix(512)
    for (bytes, kind) in beginnings where start.starts(with: bytes) { return "this is \(kind), not a model" }
    if start.count >= 8, Array(start[4..<8]) == Array("ftyp".utf8) { return "this is an MP4 or MOV file, not a model" }
    if start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) {
      return "this is text, not a model"
    }
    let formats = ModelLoader.importers.map { $0.formatName }.joined(separator: ", ")
    return "this is no model of a known format (\(formats))"
  }
}
