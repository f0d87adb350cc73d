/// The pixels of a 4:2:0 canvas.
@safe
struct LumaChromaSurface {
  private let width: Int
  private let height: Int
  /// Planes Y, U, V; U and V have half the width and height, rounded up.
  private let planes: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>)
  private let strides: (Int, Int, Int)

  init(
    width: Int, height: Int,
    planes: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>),
    strides: (Int, Int, Int)
  ) {
    (self.width, self.height, self.strides) = (width, height, strides)
    unsafe self.planes = unsafe planes
  }

  /// Paints `area`.
  ///
  /// - Precondition: it lies in the picture and is not empty.
  func fill(_ area: PixelArea, _ paint: Paint) {
    let (columns, rows) = (area.columns, area.rows)
    for row in rows {
      let start = unsafe planes.0 + row * strides.0 + columns.lowerBound
      unsafe start.update(repeating: paint.luma, count: columns.count)
    }
    mixChroma(area, paint) { pixels, lines in 255 * pixels.count * lines.count }
  }

  /// Paints through `mask`, whose upper left pixel lies at (x, y), inside `area`.
  ///
  /// - Precondition: `area` lies in the picture and in the mask, and is not empty.
  func stamp(_ mask: Coverage, x: Int, y: Int, _ ink: Paint, inside area: PixelArea) {
    for row in area.rows {
      let line = unsafe planes.0 + row * strides.0
      let start = (row - y) * mask.width - x
      for column in area.columns { unsafe line[column].mix(ink.luma, Int(mask.bytes[start + column]), of: 255) }
    }
    mixChroma(area, ink) { pixels, lines in
      var sum = 0
      for line in lines { for pixel in pixels { sum += Int(mask.bytes[(line - y) * mask.width + pixel - x]) } }
      return sum
    }
  }

  /// Mixes the chroma of `paint` into the samples that `area` touches; `coverage` tells the sum of the opacities, each
  /// 0…255, of those pixels of a sample that lie in the area.
  ///
  /// A sample so takes the mean of its pixels, and edges between samples stay smooth.
  private func mixChroma(
    _ area: PixelArea, _ paint: Paint, coverage: (_ pixels: Range<Int>, _ lines: Range<Int>) -> Int
  ) {
    for row in area.rows.lowerBound / 2...(area.rows.upperBound - 1) / 2 {
      let (blues, reds) = unsafe (planes.1 + row * strides.1, planes.2 + row * strides.2)
      let lines = 2 * row..<min(2 * row + 2, height)
      for column in area.columns.lowerBound / 2...(area.columns.upperBound - 1) / 2 {
        let pixels = 2 * column..<min(2 * column + 2, width)
        let whole = 255 * pixels.count * lines.count
        let part = coverage(pixels.clamped(to: area.columns), lines.clamped(to: area.rows))
        unsafe blues[column].mix(paint.blueness, part, of: whole)
        unsafe reds[column].mix(paint.redness, part, of: whole)
      }
    }
  }
}
