package import KernelCalls

/// Writes signed weights [outputs][depth] as `[panel][depth/4][16][4]` to `target`, of `packedByteCount` bytes; what pads
/// is zero.
package func packBytes(
  _ weights: UnsafePointer<Int8>, depth: Int, outputs: Int, into target: UnsafeMutablePointer<Int8>
) {
  let groups = (depth + 3) / 4
  target.update(repeating: 0, count: packedByteCount(depth: depth, outputs: outputs))
  for output in 0..<outputs {
    let panel = target + output / panelWidth * groups * 64 + output % panelWidth * 4
    for input in 0..<depth { panel[input / 4 * 64 + input % 4] = weights[output * depth + input] }
  }
}

/// Returns the bytes of packed weights.
package func packedByteCount(depth: Int, outputs: Int) -> Int { (depth + 3) / 4 * 4 * padded(outputs) }

/// Writes depthwise weights [taps][channels], each less `zero`, as `[panel][tap][16]` to `target`, of
/// `taps · padded(channels)` numbers in whose low halves they are; what pads is zero.
package func packByteTaps(
  _ weights: UnsafePointer<Int8>, zero: Int32, taps: Int, channels: Int, into target: UnsafeMutablePointer<Int32>
) {
  target.update(repeating: 0, count: taps * padded(channels))
  for tap in 0..<taps {
    for channel in 0..<channels {
      let place = (channel / panelWidth * taps + tap) * panelWidth + channel % panelWidth
      target[place] = (Int32(weights[tap * channels + channel]) - zero) & 0xFFFF
    }
  }
}

/// A factor `mantissa · 2^(exponent − 31)` of one channel, as scalings are packed of.
package struct ChannelScale: Sendable, Equatable {
  package var mantissa: Int32
  /// −31…31.
  package var exponent: Int

  package init(mantissa: Int32, exponent: Int) { (self.mantissa, self.exponent) = (mantissa, exponent) }
}

/// Writes the factors of `scales`, one a channel, as panels of `Requantization.bytesPerPanel` to `target`, which is
/// aligned to 64 bytes; channels that pad have the factor 0.
///
/// A panel is `scaling16` of CBytes.h: left shifts and mantissas by channel, then what is added, the right shifts and the
/// sign bits, the even channels before the odd ones, then what floats read, by channel. Factors of a half and more have
/// floats that give half of a whole number for every sum, which is always in doubt.
package func packScaling(_ scales: [ChannelScale], into target: UnsafeMutableRawPointer) {
  for channel in 0..<padded(scales.count) {
    let scale = channel < scales.count ? scales[channel] : ChannelScale(mantissa: 0, exponent: 0)
    let (panel, lane) = (target + channel / panelWidth * Requantization.bytesPerPanel, channel % panelWidth)
    let right = Int64(max(-scale.exponent, 0))
    panel.storeBytes(of: Int32(max(scale.exponent, 0)), toByteOffset: lane * 4, as: Int32.self)
    panel.storeBytes(of: scale.mantissa, toByteOffset: 64 + lane * 4, as: Int32.self)
    let place = 128 + (lane % 2 * 8 + lane / 2) * 8
    // Half of a whole number, and half of what the shift takes away.
    let round = Int64(1) << 30 + (right > 0 ? Int64(1) << (30 + right) : 0)
    panel.storeBytes(of: round, toByteOffset: place, as: Int64.self)
    panel.storeBytes(of: 31 + right, toByteOffset: place + 128, as: Int64.self)
    panel.storeBytes(of: right > 0 ? 1 << 31 : 0, toByteOffset: place + 256, as: Int64.self)
    let factor = Float(sign: .plus, exponent: scale.exponent - 31, significand: Float(scale.mantissa))
    let away: Float = right == 0 ? 0 : Float(sign: .plus, exponent: -1 - Int(right), significand: 1)
    let isKnown = scale.exponent <= 0 && factor < 0.5
    panel.storeBytes(of: isKnown ? factor : 0, toByteOffset: 512 + lane * 4, as: Float.self)
    panel.storeBytes(of: isKnown ? away : 0.5, toByteOffset: 576 + lane * 4, as: Float.self)
  }
}

extension Requantization {
  /// Returns the factor of `channel`.
  package func scale(ofChannel channel: Int) -> ChannelScale {
    let (panel, lane) = (scaling + channel / panelWidth * Self.bytesPerPanel, channel % panelWidth)
    let left = panel.load(fromByteOffset: lane * 4, as: Int32.self)
    let right = panel.load(fromByteOffset: 256 + (lane % 2 * 8 + lane / 2) * 8, as: Int64.self) - 31
    return ChannelScale(
      mantissa: panel.load(fromByteOffset: 64 + lane * 4, as: Int32.self), exponent: Int(left) - Int(right))
  }
}
