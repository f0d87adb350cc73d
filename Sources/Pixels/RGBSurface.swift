/// The pixels of a canvas of packed red, green and blue bytes.
@safe
struct RGBSurface {
  private let width: Int
  private let start: UnsafeMutablePointer<UInt8>

  init(width: Int, start: UnsafeMutablePointer<UInt8>) {
    self.width = width
    unsafe self.start = unsafe start
  }

  /// Paints `area`.
  ///
  /// - Precondition: it lies in the picture.
  func fill(_ area: PixelArea, _ paint: Paint) { mix(area, paint) { _, _ in 255 } }

  /// Paints through `mask`, whose upper left pixel lies at (x, y), inside `area`.
  ///
  /// - Precondition: `area` lies in the picture and in the mask.
  func stamp(_ mask: Coverage, x: Int, y: Int, _ ink: Paint, inside area: PixelArea) {
    mix(area, ink) { column, row in Int(mask.bytes[(row - y) * mask.width + column - x]) }
  }

  /// Mixes `paint` into the pixels of `area`, each as far as its `opacity`, 0…255, says.
  private func mix(_ area: PixelArea, _ paint: Paint, opacity: (_ column: Int, _ row: Int) -> Int) {
    let (red, green, blue) = paint.rgb
    for row in area.rows {
      for column in area.columns {
        let (pixel, part) = unsafe (start + 3 * (row * width + column), opacity(column, row))
        unsafe pixel[0].mix(red, part, of: 255)
        unsafe pixel[1].mix(green, part, of: 255)
        unsafe pixel[2].mix(blue, part, of: 255)
      }
    }
  }
}
