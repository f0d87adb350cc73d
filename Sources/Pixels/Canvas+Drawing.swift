package import Scene

/// Columns and rows of a picture, in whole pixels.
package struct PixelArea: Sendable, Equatable {
  package var columns: Range<Int>
  package var rows: Range<Int>

  package init(columns: Range<Int>, rows: Range<Int>) { (self.columns, self.rows) = (columns, rows) }

  /// The pixels of `rect`, edges rounded; nil where it holds none or is not a number.
  package init?(_ rect: PixelRect) {
    /// Returns the pixel edge nearest to `edge`, held where arithmetic on it cannot overflow.
    func whole(_ edge: Double) -> Int { Int(min(max(edge.rounded(), -0x1p30), 0x1p30)) }
    guard rect.left < rect.right, rect.top < rect.bottom else { return nil }
    let (left, top, right, bottom) = (whole(rect.left), whole(rect.top), whole(rect.right), whole(rect.bottom))
    guard left < right, top < bottom else { return nil }
    (columns, rows) = (left..<right, top..<bottom)
  }

  package var isEmpty: Bool { columns.isEmpty || rows.isEmpty }

  /// Returns the part inside `other`.
  package func clamped(to other: PixelArea) -> PixelArea {
    PixelArea(columns: columns.clamped(to: other.columns), rows: rows.clamped(to: other.rows))
  }
}

/// How much of each pixel paint covers: 0 to 255, row after row.
package struct Coverage: Sendable, Equatable {
  package let width: Int
  package let height: Int
  package let bytes: [UInt8]

  /// - Precondition: there are `width · height` bytes.
  package init(width: Int, height: Int, bytes: [UInt8]) {
    precondition(bytes.count == width * height, "\(bytes.count) bytes for \(width)×\(height)")
    (self.width, self.height, self.bytes) = (width, height, bytes)
  }
}

/// Everything drawn is clipped to the picture, wherever it lies.
extension Canvas {
  /// All pixels.
  package var area: PixelArea { PixelArea(columns: 0..<width, rows: 0..<height) }

  /// Paints `area` with opacity 0…255.
  package mutating func fill(_ area: PixelArea, _ paint: Paint, opacity: Int = 255) {
    self.paint(area, paint) { _, _ in opacity }
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
    let area = PixelArea(columns: x..<x + mask.width, rows: y..<y + mask.height)
    paint(area.clamped(to: limits), ink) { column, row in
      Int(mask.bytes[(row - y) * mask.width + column - x])
    }
  }

  /// Mixes `paint` into the pixels of `area`, each as far as `opacity` of its column and row says.
  ///
  /// A chroma sample takes the mean opacity of its four pixels, so that edges between samples stay smooth.
  private mutating func paint(_ area: PixelArea, _ paint: Paint, opacity: (_ column: Int, _ row: Int) -> Int) {
    let area = area.clamped(to: self.area)
    guard !area.isEmpty else { return }
    let (columns, rows) = (area.columns, area.rows)
    for row in rows {
      let line = unsafe planes.0 + row * strides.0
      for column in columns { unsafe line[column].mix(paint.luma, opacity(column, row), of: 255) }
    }
    for row in rows.lowerBound / 2...(rows.upperBound - 1) / 2 {
      let blues = unsafe planes.1 + row * strides.1
      let reds = unsafe planes.2 + row * strides.2
      for column in columns.lowerBound / 2...(columns.upperBound - 1) / 2 {
        let (pixels, lines) = (2 * column..<min(2 * column + 2, width), 2 * row..<min(2 * row + 2, height))
        var sum = 0
        for y in lines.clamped(to: rows) { for x in pixels.clamped(to: columns) { sum += opacity(x, y) } }
        let whole = 255 * pixels.count * lines.count
        unsafe blues[column].mix(paint.blueness, sum, of: whole)
        unsafe reds[column].mix(paint.redness, sum, of: whole)
      }
    }
  }
}

extension UInt8 {
  /// Moves the value towards `other` by `part` of `whole`, rounded.
  fileprivate mutating func mix(_ other: UInt8, _ part: Int, of whole: Int) {
    self = UInt8((Int(self) * (whole - part) + Int(other) * part + whole / 2) / whole)
  }
}
