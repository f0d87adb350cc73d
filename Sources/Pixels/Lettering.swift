internal import CFreeType

/// Why there is no type to write with.
public struct LetteringError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The files that were tried.
  public let paths: [String]
  public let reason: String

  /// One line: reason and files.
  public var description: String { "\(reason): \(paths.joined(separator: ", "))" }
}

/// One font, which writes anti-aliased text on a canvas.
///
/// Letters are rendered once per size and kept. Text runs from left to right without kerning.
@safe
public struct Lettering: ~Copyable, @unchecked Sendable {
  private let library: FT_Library
  private let face: FT_Face
  private var size = 0
  private var glyphs: [UInt32: Glyph] = [:]

  /// Where Debian and its relatives put fonts that have the letters of most languages, best first.
  public static let usualPaths = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/freefont/FreeSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
  ]

  /// Opens the first of `paths` that is a scalable font.
  ///
  /// - Throws: `LetteringError` where none is.
  public init(paths: [String] = Lettering.usualPaths) throws(LetteringError) {
    var opened: FT_Library?
    guard unsafe FT_Init_FreeType(&opened) == 0, let library = unsafe opened else {
      throw LetteringError(paths: [], reason: "FreeType does not start")
    }
    for path in paths {
      var found: FT_Face?
      guard unsafe FT_New_Face(library, path, 0, &found) == 0, let face = unsafe found else { continue }
      guard unsafe FT_Set_Pixel_Sizes(face, 0, 16) == 0 else {
        unsafe FT_Done_Face(face)
        continue
      }
      unsafe (self.library, self.face) = unsafe (library, face)
      return
    }
    unsafe FT_Done_FreeType(library)
    throw LetteringError(paths: paths, reason: "no font found")
  }

  deinit {
    unsafe FT_Done_Face(face)
    unsafe FT_Done_FreeType(library)
  }

  /// Sets the height of the type in pixels.
  package mutating func use(size: Int) {
    guard size != self.size else { return }
    self.size = size
    glyphs = [:]
    unsafe FT_Set_Pixel_Sizes(face, 0, UInt32(min(max(size, 1), 1024)))
  }

  /// Pixels that letters reach above the base line.
  package var ascent: Int { unsafe Int(face.pointee.size.pointee.metrics.ascender + 63) >> 6 }
  /// Pixels that letters reach below the base line.
  package var descent: Int { unsafe Int(63 - face.pointee.size.pointee.metrics.descender) >> 6 }

  /// Returns the width of `text` in pixels.
  package mutating func width(of text: String) -> Int {
    var width = 0
    forEachGlyph(of: text) { width += $0.advance }
    return (width + 63) >> 6
  }

  /// Returns `text` where it is at most `width` pixels wide, else its longest beginning that is so with an ellipsis
  /// behind it; empty where not even that has room.
  package mutating func shortened(_ text: String, toFit width: Int) -> String {
    if self.width(of: text) <= width { return text }
    let room = width - self.width(of: "…")
    guard room >= 0 else { return "" }
    var (kept, used) = ("", 0)
    for character in text {
      forEachGlyph(of: String(character)) { used += $0.advance }
      if (used + 63) >> 6 > room { break }
      kept.append(character)
    }
    while kept.last?.isWhitespace == true { kept.removeLast() }
    return kept + "…"
  }

  /// Writes `text` from column `x` on, on the base line at row `baseline`, inside `area`.
  ///
  /// - Precondition: x and baseline are within ±2²⁹.
  package mutating func write(
    _ text: String, on canvas: inout Canvas, x: Int, baseline: Int, inside area: PixelArea, _ paint: Paint
  ) {
    var position = x << 6
    forEachGlyph(of: text) { glyph in
      let column = (position + 32) >> 6
      position += glyph.advance
      guard column < area.columns.upperBound else { return }
      canvas.stamp(glyph.coverage, x: column + glyph.left, y: baseline - glyph.top, paint, inside: area)
    }
  }

  /// Calls `body` with the letters of `text`, from left to right.
  ///
  /// A character that the font does not have, or that is none to be seen, is one sign for missing letters, however many
  /// scalars it has. Marks that the font lacks are left out, as is what is meant to be invisible.
  private mutating func forEachGlyph(of text: String, _ body: (Glyph) -> Void) {
    for character in text {
      var isFirst = true
      for scalar in character.unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint {
        let glyph = glyph(scalar)
        if isFirst || glyph.isInFont { body(glyph) }
        guard glyph.isInFont else { break }
        isFirst = false
      }
    }
  }

  /// Returns the letter for `scalar`; the sign for missing letters where there is none.
  private mutating func glyph(_ scalar: Unicode.Scalar) -> Glyph {
    if let known = glyphs[scalar.value] { return known }
    if glyphs.count == Self.mostGlyphs { glyphs = [:] }
    let isControl = scalar.properties.generalCategory == .control
    let glyph = (isControl ? nil : rendered(scalar.value)) ?? .missing(size: size)
    glyphs[scalar.value] = glyph
    return glyph
  }

  /// Letters kept at most, so that labels of many languages do not grow the memory without end.
  private static let mostGlyphs = 512

  /// Returns the font's letter for `code`; nil where it has none that can be rendered.
  private func rendered(_ code: UInt32) -> Glyph? {
    let index = unsafe FT_Get_Char_Index(face, FT_ULong(code))
    guard index != 0, unsafe FT_Load_Glyph(face, index, FT_Int32(FT_LOAD_RENDER | FT_LOAD_NO_BITMAP)) == 0,
      let slot = unsafe face.pointee.glyph
    else { return nil }
    let bitmap = unsafe slot.pointee.bitmap
    let (width, height) = unsafe (Int(bitmap.width), Int(bitmap.rows))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * height)
    if width > 0, height > 0 {
      guard let buffer = unsafe bitmap.buffer, unsafe bitmap.pixel_mode == UInt8(FT_PIXEL_MODE_GRAY.rawValue)
      else { return nil }
      for row in 0..<height {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: buffer + row * Int(bitmap.pitch), count: width))
      }
    }
    return unsafe Glyph(
      advance: Int(slot.pointee.advance.x), left: Int(slot.pointee.bitmap_left), top: Int(slot.pointee.bitmap_top),
      coverage: Coverage(width: width, height: bytes.isEmpty ? 0 : height, bytes: bytes))
  }
}

/// A letter, rendered.
private struct Glyph {
  /// The way to the next letter, in 64ths of a pixel.
  let advance: Int
  /// From the pen to the bitmap's left edge, and from the base line up to its top row, in pixels.
  let left: Int
  let top: Int
  let coverage: Coverage
  /// False for the sign for missing letters.
  var isInFont = true

  /// An empty box, as high as a capital: the sign for a letter that type of `size` pixels does not have.
  static func missing(size: Int) -> Glyph {
    let (width, height) = (max(size * 9 / 16, 3), max(size * 3 / 4, 3))
    let gap = max(size / 16, 1)
    return Glyph(
      advance: (width + 2 * gap) << 6, left: gap, top: height,
      coverage: Coverage(frameOf: width, height, stroke: gap), isInFont: false)
  }
}
