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
    for scalar in text.unicodeScalars { width += glyph(scalar).advance }
    return (width + 63) >> 6
  }

  /// Writes `text` from column `x` on, on the base line at row `baseline`, inside `area`.
  ///
  /// - Precondition: x and baseline are within ±2²⁹.
  package mutating func write(
    _ text: String, on canvas: inout Canvas, x: Int, baseline: Int, inside area: PixelArea, _ paint: Paint
  ) {
    var position = x << 6
    for scalar in text.unicodeScalars {
      let column = (position + 32) >> 6
      guard column < area.columns.upperBound else { return }
      let glyph = glyph(scalar)
      canvas.stamp(glyph.coverage, x: column + glyph.left, y: baseline - glyph.top, paint, inside: area)
      position += glyph.advance
    }
  }

  /// Returns the letter for `scalar`; the font's sign for missing letters where it has none.
  private mutating func glyph(_ scalar: Unicode.Scalar) -> Glyph {
    if let known = glyphs[scalar.value] { return known }
    if glyphs.count == Self.mostGlyphs { glyphs = [:] }
    let glyph = rendered(scalar.value)
    glyphs[scalar.value] = glyph
    return glyph
  }

  /// Letters kept at most, so that labels of many languages do not grow the memory without end.
  private static let mostGlyphs = 512

  private func rendered(_ code: UInt32) -> Glyph {
    guard unsafe FT_Load_Char(face, FT_ULong(code), FT_Int32(FT_LOAD_RENDER)) == 0, let slot = unsafe face.pointee.glyph
    else { return Glyph(advance: size << 5, left: 0, top: 0, coverage: Coverage(width: 0, height: 0, bytes: [])) }
    let bitmap = unsafe slot.pointee.bitmap
    let (width, height) = unsafe (Int(bitmap.width), Int(bitmap.rows))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * height)
    if let buffer = unsafe bitmap.buffer, unsafe bitmap.pixel_mode == UInt8(FT_PIXEL_MODE_GRAY.rawValue) {
      for row in 0..<height {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: buffer + row * Int(bitmap.pitch), count: width))
      }
    } else {
      bytes = [UInt8](repeating: 0, count: width * height)
    }
    return unsafe Glyph(
      advance: Int(slot.pointee.advance.x), left: Int(slot.pointee.bitmap_left), top: Int(slot.pointee.bitmap_top),
      coverage: Coverage(width: width, height: height, bytes: bytes))
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
}
