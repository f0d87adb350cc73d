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
  package static let white = Paint(luma: 235)

  /// The colour as red, green and blue, 0…255 each (ITU-R BT.601-7, 2.5.4).
  package var rgb: (red: UInt8, green: UInt8, blue: UInt8) {
    let light = (Double(luma) - 16) / 219
    let (blue, red) = ((Double(blueness) - 128) / 224, (Double(redness) - 128) / 224)
    func byte(_ part: Double) -> UInt8 { UInt8(min(max((part * 255).rounded(), 0), 255)) }
    return (byte(light + 1.402 * red), byte(light - 0.344136 * blue - 0.714136 * red), byte(light + 1.772 * blue))
  }

  /// The colour of type that is read on this one, black or white: that of the larger contrast, 4.58 : 1 at least (WCAG 2
  /// asks 4.5 : 1 of text).
  package var ink: Paint { (luminance + 0.05) * (luminance + 0.05) < 1.05 * 0.05 ? .white : .black }

  /// The relative luminance, 0…1 (WCAG 2).
  private var luminance: Double {
    func linear(_ byte: UInt8) -> Double {
      let value = Double(byte) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let (red, green, blue) = rgb
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// Returns the colour of number `number`: the same at every call, and far from those of its neighbours.
  ///
  /// Hues go round by the golden angle (137.508°), which spreads any run of numbers evenly; three steps of lightness
  /// take turns, so that two of nearly one hue differ in it.
  package static func distinct(_ number: Int) -> Paint {
    let angle = Double(number % 100_000) * 2.399963
    let lumas: [UInt8] = [150, 190, 112]
    return Paint(
      luma: lumas[Int(number.magnitude % 3)], blueness: UInt8(128 + 72 * cos(angle)),
      redness: UInt8(128 + 72 * sin(angle)))
  }
}
