/// A 4:2:0 picture to draw on: lent for the time of one call.
@safe
package struct Canvas: ~Copyable {
  package let width: Int
  package let height: Int
  /// Planes Y, U, V; U and V have half the width and height, rounded up.
  package let planes: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>)
  /// Bytes from one row to the next, by plane.
  package let strides: (Int, Int, Int)

  /// - Precondition: the planes hold the rows that width and height ask for and stay valid as long as the canvas.
  package init(
    width: Int, height: Int,
    planes: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>),
    strides: (Int, Int, Int)
  ) {
    (self.width, self.height, self.strides) = (width, height, strides)
    unsafe self.planes = unsafe planes
  }
}
