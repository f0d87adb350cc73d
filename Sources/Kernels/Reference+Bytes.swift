internal import KernelCalls

/// The plain kernels of 8-bit numbers, written like the formulas of TensorFlow Lite's reference.
extension Reference {
  /// Computes a product of bytes.
  static func multiplyBytes(_ product: borrowing ByteProduct) {
    let rule = product.requantization
    for pixel in product.pixels {
      for channel in product.panels.lowerBound
        * panelWidth..<min(product.panels.upperBound * panelWidth, product.channels)
      {
        var sum = product.bias[channel]
        let weights = product.weights + channel / panelWidth * product.groups * 64 + channel % panelWidth * 4
        for input in 0..<product.depth {
          let value = Int32(product.input[pixel * product.inputStride + input])
          sum &+= value * Int32(weights[input / 4 * 64 + input % 4])
        }
        if let sums = product.pixelSums { sum &-= product.weightZero &* sums[pixel] }
        product.output[pixel * product.outputStride + channel] = requantized(sum, rule, channel)
      }
    }
  }

  /// Computes a depthwise convolution of bytes.
  static func convolveBytes(_ call: borrowing ByteDepthwise) {
    let window = call.window
    for row in call.rows {
      for column in 0..<call.outputWidth {
        for channel in 0..<call.channels {
          var sum = call.bias[channel]
          for tap in 0..<window.taps {
            let y = row * window.rowStride - window.top + tap / window.width * window.rowDilation
            let x = column * window.columnStride - window.left + tap % window.width * window.columnDilation
            guard y >= 0, y < call.inputHeight, x >= 0, x < call.inputWidth else { continue }
            let value = Int32(call.input[(y * call.inputWidth + x) * call.channels + channel]) - call.inputZero
            let place = (channel / panelWidth * window.taps + tap) * panelWidth + channel % panelWidth
            sum &+= value * Int32(Int16(truncatingIfNeeded: call.weights[place]))
          }
          call.output[(row * call.outputWidth + column) * call.channels + channel] = requantized(
            sum, call.requantization, channel)
        }
      }
    }
  }

  /// Adds two rows of bytes.
  static func addBytes(_ call: borrowing ByteSum) {
    let left = Requantization(scaling: call.leftScaling, zero: 0, floor: 0, ceiling: 0).scale(ofChannel: 0)
    let right = Requantization(scaling: call.rightScaling, zero: 0, floor: 0, ceiling: 0).scale(ofChannel: 0)
    for index in 0..<call.count {
      let sum =
        scaled((Int32(call.left[index]) - call.leftZero) << 20, left)
        &+ scaled((Int32(call.right[index]) - call.rightZero) << 20, right)
      call.output[index] = requantized(sum, call.requantization, 0)
    }
  }

  /// Makes bytes of a row of real numbers.
  static func quantizeBytes(_ call: borrowing ByteRounding) {
    for index in 0..<call.count {
      let steps: Float = (call.input[index] / call.scale).rounded(.toNearestOrAwayFromZero)
      call.output[index] = steps.isNaN ? 0 : UInt8(max(0, min(255, steps + Float(call.zero))))
    }
  }

  /// Returns `sum` times the factor of `channel`, moved by the zero and held in the range.
  private static func requantized(_ sum: Int32, _ rule: Requantization, _ channel: Int) -> UInt8 {
    let value = Int(scaled(sum, rule.scale(ofChannel: channel))) + Int(rule.zero)
    return UInt8(truncatingIfNeeded: min(max(value, Int(rule.floor)), Int(rule.ceiling)))
  }

  /// Returns `value` times `scale`: shifted left, the high half of twice the product with halves up, shifted right with
  /// halves away from zero.
  private static func scaled(_ value: Int32, _ scale: ChannelScale) -> Int32 {
    let shifted = value &<< Int32(max(scale.exponent, 0))
    let high = Int32(truncatingIfNeeded: (Int64(shifted) * Int64(scale.mantissa) + 1 << 30) >> 31)
    let shift = max(-scale.exponent, 0)
    guard shift > 0 else { return high }
    let remainder = Int64(high) & (1 << Int64(shift) - 1)
    let threshold = (1 << Int64(shift) - 1) >> 1 + (high < 0 ? 1 : 0)
    return Int32(truncatingIfNeeded: Int64(high) >> Int64(shift)) + (remainder > threshold ? 1 : 0)
  }
}
