internal import Glibc

/// A colour as luma and chroma bytes (BT.601, limited range).
package struct Paint: Sendable, Equatable {
  package var luma: UInt8
  /// Blue and red chroma, U and V.
  package var blueness: UInt8
  package var redness: UInt8

  package init(luma: UInt8, blueness: UInt8 = 128, redness: UInt8 = 128) {
    (self.luma, self.blueness, self.redness) = (luma, blueness, redness)
  }

  package static let black = Paint(luma: 16)

  /// Returns the colour of number `number`: the same at every call, far from its neighbours, and always so light that
  /// black type can be read on it.
  ///
  /// Hues go round by the golden angle (137.508°), which spreads any run of numbers evenly.
  package static func distinct(_ number: Int) -> Paint {
    let angle = Double(number % 100_000) * 2.399963
    return Paint(luma: 150, blueness: UInt8(128 + 72 * cos(angle)), redness: UInt8(128 + 72 * sin(angle)))
  }
}
