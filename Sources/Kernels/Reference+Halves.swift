internal import KernelCalls

extension Reference {
  /// Returns the half that is nearest to `value`, of two the even one: a float whose lower 16 bits are zero.
  ///
  /// What is below all normal numbers is zero of the same sign, and no number stays none.
  static func half(_ value: Float) -> Float {
    if value.isNaN { return Float(bitPattern: (value.bitPattern | 0x0040_0000) & 0xFFFF_0000) }
    if value.exponentBitPattern == 0 { return Float(bitPattern: value.bitPattern & 0x8000_0000) }
    let (lower, rest) = (value.bitPattern & 0xFFFF_0000, value.bitPattern & 0xFFFF)
    let isUp = rest > 0x8000 || rest == 0x8000 && lower & 0x1_0000 != 0
    // The next half has the next bits, the first one of the next exponent and infinity included.
    return Float(bitPattern: isUp ? lower + 0x1_0000 : lower)
  }

  /// Rounds a map to halves that lie as floats, so that `multiply` does the rest.
  static func narrow(_ call: borrowing Narrowing) {
    for panel in 0..<call.panels {
      for pixel in 0..<call.pixels {
        for lane in 0..<panelWidth {
          let value = call.input.address(pixel: pixel, channel: panel * panelWidth + lane).pointee
          call.output[(panel * call.pixels + pixel) * panelWidth + lane] = half(value)
        }
      }
    }
  }
}
