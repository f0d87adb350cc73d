internal import CFFmpeg
internal import Pixels

/// The part of a 4:2:0 picture that another one covers when it is scaled to fit, its proportions kept, in the middle.
struct FittedPart: Equatable {
  /// The upper left corner, at even places, where chroma samples begin.
  let x: Int32
  let y: Int32
  /// Size in pixels, at least 1.
  let width: Int32
  let height: Int32

  /// The part of a picture of the shape `whole` that a picture of the shape `source` covers.
  init(of whole: PictureShape, for source: PictureShape) {
    let (wide, high) = (Int64(whole.width), Int64(whole.height))
    let (sourceWide, sourceHigh) = (Int64(max(source.width, 1)), Int64(max(source.height, 1)))
    if wide * sourceHigh <= high * sourceWide {
      width = whole.width
      height = Int32(clamping: min(max((wide * sourceHigh + sourceWide / 2) / sourceWide, 1), high))
    } else {
      width = Int32(clamping: min(max((high * sourceWide + sourceHigh / 2) / sourceHigh, 1), wide))
      height = whole.height
    }
    (x, y) = ((whole.width - width) / 4 * 2, (whole.height - height) / 4 * 2)
  }

  /// Returns the planes of the part.
  func planes(of picture: UnsafeMutablePointer<AVFrame>) -> PlaneTable {
    var table = unsafe PlaneTable(of: picture)
    let (strides, halves) = (table.strides, (x: Int(x / 2), y: Int(y / 2)))
    unsafe table.starts.0 = unsafe table.starts.0.map { unsafe $0 + (Int(y) * Int(strides.0) + Int(x)) }
    unsafe table.starts.1 = unsafe table.starts.1.map { unsafe $0 + (halves.y * Int(strides.1) + halves.x) }
    unsafe table.starts.2 = unsafe table.starts.2.map { unsafe $0 + (halves.y * Int(strides.2) + halves.x) }
    return table
  }

  /// Makes black what lies around the part in a picture of the shape `whole`.
  func blackenAround(_ picture: UnsafeMutablePointer<AVFrame>, _ whole: PictureShape) {
    guard (width, height) != (whole.width, whole.height) else { return }
    for plane in 0..<3 {
      guard let start = unsafe picture.starts[plane] else { continue }
      let stride = unsafe Int(picture.strides[plane])
      let divisor = plane == 0 ? 1 : 2
      /// Returns a length or place of luma in samples of this plane.
      func scaled(_ length: Int32) -> Int { (Int(length) + divisor - 1) / divisor }
      let value: UInt8 = plane > 0 ? 128 : whole.coding.isFullRange ? 0 : 16
      let columns = scaled(x)..<scaled(x) + scaled(width)
      let rows = scaled(y)..<scaled(y) + scaled(height)
      for row in 0..<scaled(whole.height) {
        let line = unsafe start + row * stride
        let left = rows.contains(row) ? columns.lowerBound : scaled(whole.width)
        unsafe line.update(repeating: value, count: left)
        if rows.contains(row), columns.upperBound < scaled(whole.width) {
          unsafe (line + columns.upperBound).update(repeating: value, count: scaled(whole.width) - columns.upperBound)
        }
      }
    }
  }
}
