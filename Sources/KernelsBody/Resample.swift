internal import CLanes
package import KernelCalls

/// Resizes one row of packed pixels along x: a pixel is one vector, whose fourth lane the next pixel overwrites.
package func resample(_ call: borrowing RowResample) {
  let (scale, offset) = (SIMD4(repeating: call.scale), SIMD4(repeating: call.offset))
  var output = UnsafeMutableRawPointer(call.output)
  for x in 0..<call.width {
    let tap = call.taps[x]
    let low = channels(call.pixels[Int(tap.low)]) * scale + offset
    let high = channels(call.pixels[Int(tap.high)]) * scale + offset
    output.storeBytes(of: low + (high - low) * SIMD4(repeating: tap.weight), as: SIMD4<Float>.self)
    output += 3 * MemoryLayout<Float>.stride
  }
}

/// Blends two rows of floats.
package func blend(_ call: borrowing RowBlend) {
  let (scale, offset) = (Lanes(repeating: call.scale), Lanes(repeating: call.offset))
  let weight = Lanes(repeating: call.weight)
  var index = 0
  while index + Lanes.scalarCount <= call.count {
    let upper = load(call.upper + index)
    let value = upper + (load(call.lower + index) - upper) * weight
    (call.output + index).store(value * scale + offset)
    index += Lanes.scalarCount
  }
  while index < call.count {
    let value = call.upper[index] + (call.lower[index] - call.upper[index]) * call.weight
    call.output[index] = value * call.scale + call.offset
    index += 1
  }
}
