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

  /// Draws the edges of `area`, `thickness` pixels thick, inside it; in dashes of `dash` pixels with gaps as long where
  /// one is given, which begin at the corners.
  ///
  /// - Precondition: `dash` is at least 1.
  package mutating func outline(_ area: PixelArea, thickness: Int, dash: Int? = nil, _ paint: Paint) {
    let (columns, rows) = (area.columns, area.rows)
    guard 2 * thickness < columns.count, 2 * thickness < rows.count else { return fill(area, paint) }
    let (top, bottom) = (rows.lowerBound + thickness, rows.upperBound - thickness)
    let (left, right) = (columns.lowerBound + thickness, columns.upperBound - thickness)
    guard let dash else {
      fill(PixelArea(columns: columns, rows: rows.lowerBound..<top), paint)
      fill(PixelArea(columns: columns, rows: bottom..<rows.upperBound), paint)
      fill(PixelArea(columns: columns.lowerBound..<left, rows: top..<bottom), paint)
      fill(PixelArea(columns: right..<columns.upperBound, rows: top..<bottom), paint)
      return
    }
    for part in dashes(of: columns, length: dash) {
      fill(PixelArea(columns: part, rows: rows.lowerBound..<top), paint)
      fill(PixelArea(columns: part, rows: bottom..<rows.upperBound), paint)
    }
    for part in dashes(of: rows, length: dash) {
      fill(PixelArea(columns: columns.lowerBound..<left, rows: part), paint)
      fill(PixelArea(columns: right..<columns.upperBound, rows: part), paint)
    }
  }

  /// Returns the dashes of `edge`: one begins at each end, those between are `length` long or a little more or less.
  private func dashes(of edge: Range<Int>, length: Int) -> [Range<Int>] {
    // Dashes and gaps in turn: an odd number of parts.
    let parts = max(edge.count / (2 * length), 1) * 2 + 1
    return stride(from: 0, to: parts, by: 2).map { part in
      edge.lowerBound + edge.count * part / parts..<edge.lowerBound + edge.count * (part + 1) / parts
    }
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
