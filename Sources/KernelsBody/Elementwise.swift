package import KernelCalls

/// Adds two maps.
package func add(_ call: borrowing Sum) {
  let limits = Limits(call.clamp)
  for channel in stride(
    from: call.panels.lowerBound * panelWidth, to: call.panels.upperBound * panelWidth, by: Lanes.scalarCount)
  {
    for pixel in call.pixels {
      let sum = load(address(call.left, pixel, channel)) + load(address(call.right, pixel, channel))
      address(call.output, pixel, channel).store(clamped(sum, limits))
    }
  }
}

/// Scales and shifts each channel.
package func scale(_ call: borrowing Affine) {
  let limits = Limits(call.clamp)
  for channel in stride(
    from: call.panels.lowerBound * panelWidth, to: call.panels.upperBound * panelWidth, by: Lanes.scalarCount)
  {
    let (factor, offset) = (load(call.scale + channel), load(call.offset + channel))
    for pixel in call.pixels {
      var value = offset
      addProduct(&value, load(address(call.input, pixel, channel)), factor)
      address(call.output, pixel, channel).store(clamped(value, limits))
    }
  }
}

/// Writes a map without its padding channels.
package func unpanel(_ call: borrowing Unpanel) {
  let whole = call.channels / Lanes.scalarCount * Lanes.scalarCount
  for pixel in call.pixels {
    let target = call.output + pixel * call.outputStride
    for channel in stride(from: 0, to: whole, by: Lanes.scalarCount) {
      (target + channel).store(load(address(call.input, pixel, channel)))
    }
    for channel in whole..<call.channels { target[channel] = address(call.input, pixel, channel).pointee }
  }
}
