package import KernelCalls

/// Adds two maps.
package func add(_ call: borrowing Sum) {
  let limits = Limits(call.clamp)
  for channel in stride(
    from: call.panels.lowerBound * panelWidth, to: call.panels.upperBound * panelWidth, by: Lanes.scalarCount)
  {
    for pixel in call.pixels {
      let sum = load(address(call.left, pixel, channel)) + load(address(call.right, pixel, channel))
      address(call.output, pixel, channel).store(activated(sum, limits))
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
      address(call.output, pixel, channel).store(activated(value, limits))
    }
  }
}

/// Takes the mean of each channel.
package func average(_ call: borrowing Average) {
  let share = 1 / Float(call.pixels.count)
  for channel in stride(
    from: call.panels.lowerBound * panelWidth, to: call.panels.upperBound * panelWidth, by: Lanes.scalarCount)
  {
    // Four sums, because an addition takes as long as four can be begun in.
    var (one, two, three, four) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var pixel = call.pixels.lowerBound
    while pixel + 4 <= call.pixels.upperBound {
      one += load(address(call.input, pixel, channel))
      two += load(address(call.input, pixel + 1, channel))
      three += load(address(call.input, pixel + 2, channel))
      four += load(address(call.input, pixel + 3, channel))
      pixel += 4
    }
    while pixel < call.pixels.upperBound {
      one += load(address(call.input, pixel, channel))
      pixel += 1
    }
    address(call.output, 0, channel).store((one + two + (three + four)) * share)
  }
}

/// Scales and shifts each channel, then moves each value to the nearest one of a grid.
package func quantize(_ call: borrowing Rounding) {
  let (limits, ends) = (Limits(call.affine.clamp), Limits(call.ends))
  let (least, zero) = (Lanes(repeating: call.ends.floor), Lanes(repeating: call.zero))
  let step = Lanes(repeating: call.step)
  for channel in stride(
    from: call.affine.panels.lowerBound * panelWidth, to: call.affine.panels.upperBound * panelWidth,
    by: Lanes.scalarCount)
  {
    let (factor, offset) = (load(call.affine.scale + channel), load(call.affine.offset + channel))
    for pixel in call.affine.pixels {
      var value = offset
      addProduct(&value, load(address(call.affine.input, pixel, channel)), factor)
      let held = clamped(activated(value, limits), ends)
      let steps = (held - least) / step - zero + 0.5
      address(call.affine.output, pixel, channel).store(floor(steps) * step)
    }
  }
}

/// Returns the integers below or equal to `values`, which are below 2^22 in magnitude: SSE2 has no instruction for it.
@inline(__always)
private func floor(_ values: Lanes) -> Lanes {
  // Where one unit is the last place, adding rounds to an integer.
  let shift: Float = 0x1.8p23
  let nearest = (values + shift) - shift
  return nearest.replacing(with: nearest - 1, where: nearest .> values)
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
