/// Everything drawn is clipped to the picture, wherever it lies.
extension Canvas {
  /// All pixels.
  package var area: PixelArea { PixelArea(columns: 0..<width, rows: 0..<height) }

  /// Paints `area`.
  package mutating func fill(_ area: PixelArea, _ paint: Paint) {
    let shown = area.clamped(to: self.area)
    guard !shown.isEmpty else { return }
    switch surface {
    case .lumaChroma(let planes): planes.fill(shown, paint)
    case .rgb(let pixels): pixels.fill(shown, paint)
    }
  }

  /// Draws the edges of `area`, `thickness` pixels thick, inside it.
  package mutating func outline(_ area: PixelArea, thickness: Int, _ paint: Paint) {
    let (columns, rows) = (area.columns, area.rows)
    guard 2 * thickness < columns.count, 2 * thickness < rows.count else { return fill(area, paint) }
    let (top, bottom) = (rows.lowerBound + thickness, rows.upperBound - thickness)
    let (left, right) = (columns.lowerBound + thickness, columns.upperBound - thickness)
    fill(PixelArea(columns: columns, rows: rows.lowerBound..<top), paint)
    fill(PixelArea(columns: columns, rows: bottom..<rows.upperBound), paint)
    fill(PixelArea(columns: columns.lowerBound..<left, rows: top..<bottom), paint)
    fill(PixelArea(columns: right..<columns.upperBound, rows: top..<bottom), paint)
  }

  /// Paints through `mask`, whose upper left pixel lies at (x, y), but only inside `limits`.
  ///
  /// - Precondition: x and y are within ±2³⁰.
  package mutating func stamp(_ mask: Coverage, x: Int, y: Int, _ ink: Paint, inside limits: PixelArea) {
    let shown = PixelArea(columns: x..<x + mask.width, rows: y..<y + mask.height).clamped(to: limits).clamped(to: area)
    guard !shown.isEmpty else { return }
    switch surface {
    case .lumaChroma(let planes): planes.stamp(mask, x: x, y: y, ink, inside: shown)
    case .rgb(let pixels): pixels.stamp(mask, x: x, y: y, ink, inside: shown)
    }
  }
}

extension UInt8 {
  /// Moves the value towards `other` by `part` of `whole`, rounded.
  mutating func mix(_ other: UInt8, _ part: Int, of whole: Int) {
    self = UInt8((Int(self) * (whole - part) + Int(other) * part + whole / 2) / whole)
  }
}
