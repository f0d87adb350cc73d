package import KernelCalls

/// Converts one row of a picture and resizes it along x.
package func resample(_ call: borrowing RowResample) {
  if let coding = call.row.picture.coding {
    mix(call.row)
    resample(call, Mixture(coding, isBlueFirst: call.row.isBlueFirst))
  } else {
    pack(call.row)
    resample(call, PackedPixels())
  }
}

/// Resizes a row of words, of which only those that count become channels.
@inline(__always)
private func resample(_ call: borrowing RowResample, _ decoder: some PixelWords) {
  let (scale, offset) = (Lanes(repeating: call.scale), Lanes(repeating: call.offset))
  for x in stride(from: 0, to: call.width, by: Lanes.scalarCount) {
    let pairs = takePairs(call.row.pixels, call.places + x)
    let (low, high) = (decoder.channels(of: pairs.low), decoder.channels(of: pairs.high))
    let weight = load(call.weights + x)
    @inline(__always) func put(_ low: Lanes, _ high: Lanes, plane: Int) {
      let (low, high) = (low * scale + offset, high * scale + offset)
      (call.output + plane * call.width + x).store(low + (high - low) * weight)
    }
    put(low.first, high.first, plane: 0)
    put(low.second, high.second, plane: 1)
    put(low.third, high.third, plane: 2)
  }
}

/// Blends two rows of planes and packs them.
package func blend(_ call: borrowing RowBlend) {
  let (scale, offset) = (Lanes(repeating: call.scale), Lanes(repeating: call.offset))
  let weight = Lanes(repeating: call.weight)
  var x = 0
  while x < call.width, call.width >= Lanes.scalarCount {
    // The last pixels are blended together with some before them, once more.
    let place = min(x, call.width - Lanes.scalarCount)
    @inline(__always) func blended(plane: Int) -> Lanes {
      let upper = load(call.upper + plane * call.planeStride + place)
      let lower = load(call.lower + plane * call.planeStride + place)
      return (upper + (lower - upper) * weight) * scale + offset
    }
    putTriples(blended(plane: 0), blended(plane: 1), blended(plane: 2), call.output + 3 * place)
    x += Lanes.scalarCount
  }
  while x < call.width {
    for plane in 0..<3 {
      let (upper, lower) = (call.upper[plane * call.planeStride + x], call.lower[plane * call.planeStride + x])
      call.output[3 * x + plane] = (upper + (lower - upper) * call.weight) * call.scale + call.offset
    }
    x += 1
  }
}
