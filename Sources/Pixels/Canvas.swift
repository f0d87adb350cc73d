/// A picture to draw on: lent for the time of one call.
package struct Canvas: ~Copyable {
  package let width: Int
  package let height: Int
  let surface: Surface

  /// What the pixels are made of.
  enum Surface {
    case lumaChroma(LumaChromaSurface)
    case rgb(RGBSurface)
  }

  /// A 4:2:0 picture of planes Y, U and V, whose rows are `strides` bytes apart; U and V have half the width and
  /// height, rounded up.
  ///
  /// - Precondition: the planes hold the rows that width and height ask for and stay valid as long as the canvas.
  package init(
    width: Int, height: Int,
    planes: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>),
    strides: (Int, Int, Int)
  ) {
    (self.width, self.height) = (width, height)
    surface = .lumaChroma(unsafe LumaChromaSurface(width: width, height: height, planes: planes, strides: strides))
  }

  /// A picture of packed red, green and blue bytes, row after row without gaps.
  ///
  /// - Precondition: there are `width · height · 3` bytes, which stay valid as long as the canvas.
  package init(width: Int, height: Int, rgb: UnsafeMutablePointer<UInt8>) {
    (self.width, self.height) = (width, height)
    surface = .rgb(unsafe RGBSurface(width: width, start: rgb))
  }
}
