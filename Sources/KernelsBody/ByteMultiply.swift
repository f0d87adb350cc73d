internal import CLanes
package import KernelCalls

/// Pixels that all output columns pass over before the next pixels come, so that their input stays near.
private let blockPixels = 112

/// Computes a product of bytes.
package func multiplyBytes(_ product: borrowing ByteProduct) {
  let end = product.panels.upperBound
  for first in stride(from: product.pixels.lowerBound, to: product.pixels.upperBound, by: blockPixels) {
    let pixels = first..<min(first + blockPixels, product.pixels.upperBound)
    var panel = product.panels.lowerBound
    while panel < end {
      if widestByteTile > 1, panel + 1 < end {
        multiplyColumns(TwoByteColumns.self, product, pixels, panel)
        panel += 2
      } else {
        multiplyColumns(OneByteColumn.self, product, pixels, panel)
        panel += 1
      }
    }
  }
}

/// Computes some pixels of one or two panels from `panel` on.
@inline(__always)
private func multiplyColumns<Row: ByteColumns>(
  _: Row.Type, _ product: borrowing ByteProduct, _ pixels: Range<Int>, _ panel: Int
) {
  let end = pixels.upperBound
  var first = pixels.lowerBound
  if mostByteSums >= 16 * Row.count { first = multiplyTiles(ByteTile16<Row>.self, product, first..<end, panel) }
  if mostByteSums >= 8 * Row.count { first = multiplyTiles(ByteTile8<Row>.self, product, first..<end, panel) }
  first = multiplyTiles(ByteTile4<Row>.self, product, first..<end, panel)
  // Less than four are left: some before them are computed once more.
  let last = max(end - 4, product.pixels.lowerBound)
  if first < end, last + 4 == end { first = multiplyTiles(ByteTile4<Row>.self, product, last..<end, panel) }
  _ = multiplyTiles(ByteTile1<Row>.self, product, first..<end, panel)
}

/// Computes as many whole tiles as there are; returns the first pixel that is left.
///
/// Never inlined: each tile type is a function of its own, small enough for the optimiser to inline all its parts.
@inline(never)
private func multiplyTiles<Tile: ByteTile>(
  _: Tile.Type, _ product: borrowing ByteProduct, _ pixels: Range<Int>, _ panel: Int
) -> Int {
  var pixel = pixels.lowerBound
  if pixel + Tile.height > pixels.upperBound { return pixel }
  let endings = Tile.Row.endings(product, panel)
  let (stride, groups) = (product.inputStride, (product.depth + 3) / 4)
  let panelLength = groups * 16
  let start = UnsafeRawPointer(product.weights).assumingMemoryBound(to: Int32.self) + panel * panelLength
  let bias = Tile.Row(loading: product.bias + panel * 16, 16)
  while pixel + Tile.height <= pixels.upperBound {
    var sums = Tile(repeating: bias)
    if let pixelSums = product.pixelSums { sums.subtract(pixelSums + pixel, product.weightZero) }
    var input = product.input + pixel * stride
    var weights = start
    for _ in 0..<groups {
      sums.add(input, stride, times: Tile.Row(loading: weights, panelLength))
      input += 4
      weights += 16
    }
    var doubt = ByteEnding.none
    let target = product.output + pixel * product.outputStride + panel * 16
    sums.finish(endings, to: target, product.outputStride, &doubt)
    if ByteEnding.isDoubtful(doubt) {
      sums.store(to: product.sums)
      finishExactly(product, pixel, Tile.height, panel, columns: Tile.Row.count)
    }
    pixel += Tile.height
  }
  return pixel
}

/// Writes the bytes of a tile's sums in integers.
@inline(never)
private func finishExactly(
  _ product: borrowing ByteProduct, _ pixel: Int, _ height: Int, _ panel: Int, columns: Int
) {
  for column in 0..<columns {
    let ending = ByteEnding(product.requantization, panel: panel + column, channels: product.channels)
    let target = product.output + pixel * product.outputStride + (panel + column) * 16
    for index in 0..<height {
      let sums = loadSums(product.sums + (index * columns + column) * 16)
      ending.storeExactly(sums, to: target + index * product.outputStride)
    }
  }
}

/// Adds two rows of bytes.
package func addBytes(_ call: borrowing ByteSum) {
  let (left, right, rule) = (call.leftScaling, call.rightScaling, call.requantization)
  let last = factor(rule.scaling)
  let (leftFactor, rightFactor) = (Float(factor(left) * last * 0x1p20), Float(factor(right) * last * 0x1p20))
  // Else floats may be wrong by more than is taken for doubt.
  let areSmall = leftFactor <= 2 && rightFactor <= 2 && factor(left) <= 1 && factor(right) <= 1 && last < 0x1p-15
  for first in stride(from: 0, to: call.count, by: 16) {
    let leftSteps = widened(call.left + first) &- Sums(repeating: call.leftZero)
    let rightSteps = widened(call.right + first) &- Sums(repeating: call.rightZero)
    let sum = summed_nearly(leftSteps, rightSteps, leftFactor, rightFactor)
    var values = nearest(sum)
    if !areSmall || is_sum_in_doubt(raised(SIMD16<Float>(repeating: 0), sum)) {
      values = scaled(scaled(leftSteps &<< 20, left) &+ scaled(rightSteps &<< 20, right), rule.scaling)
    }
    store_bytes(values, rule.zero, rule.floor, rule.ceiling, call.output + first, call.count - first)
  }
}

/// Returns the factor of a panel's first channel.
private func factor(_ scaling: UnsafeRawPointer) -> Double {
  let exponent = Int64(scaling.load(as: Int32.self)) - scaling.load(fromByteOffset: 256, as: Int64.self)
  return Double(scaling.load(fromByteOffset: 64, as: Int32.self)) * Double(bitPattern: UInt64(exponent + 1023) << 52)
}

/// Makes bytes of a row of real numbers.
package func quantizeBytes(_ call: borrowing ByteRounding) {
  let scale = SIMD16<Float>(repeating: call.scale)
  let inverse = 1 / call.scale
  // Then a product is the quotient to 2⁻²² of itself.
  let isNear = inverse > 0x1p-100 && inverse < 0x1p100
  var first = 0
  while first + 16 <= call.count {
    let values = UnsafeRawPointer(call.input + first).loadUnaligned(as: SIMD16<Float>.self)
    let steps = multiplied_nearly(values, inverse)
    let isDoubtful = !isNear || is_scaling_in_doubt(raised(SIMD16<Float>(repeating: 0), steps))
    let whole = isDoubtful ? rounded(values / scale) : nearest(steps)
    store_bytes(whole, call.zero, 0, 255, call.output + first, 16)
    first += 16
  }
  while first < call.count {
    let value = SIMD16<Float>(repeating: call.input[first])
    store_bytes(rounded(value / scale), call.zero, 0, 255, call.output + first, 1)
    first += 1
  }
}
