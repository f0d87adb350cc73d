internal import CLanes
package import KernelCalls

/// Pixels that all output columns pass over before the next pixels come, so that their input stays near.
private let blockTiles = 8

/// Computes a product of bytes.
package func multiplyBytes(_ product: borrowing ByteProduct) {
  let tiles = (product.pixels.count + tallestByteTile - 1) / tallestByteTile
  for block in stride(from: 0, to: tiles, by: blockTiles) {
    let end = product.panels.upperBound
    var panel = product.panels.lowerBound
    while panel < end {
      let isPair = widestByteTile > 1 && panel + 1 < end
      for tile in block..<min(block + blockTiles, tiles) {
        let first = tile * product.pixels.count / tiles
        let height = (tile + 1) * product.pixels.count / tiles - first
        let pixel = product.pixels.lowerBound + first
        if isPair {
          multiplyByteTile(TwoByteColumns.self, height: height, product, pixel, panel)
          requantize(product, pixel, height, panel, columns: 2, column: 0)
          requantize(product, pixel, height, panel, columns: 2, column: 1)
        } else {
          multiplyByteTile(OneByteColumn.self, height: height, product, pixel, panel)
          requantize(product, pixel, height, panel, columns: 1, column: 0)
        }
      }
      panel += isPair ? 2 : 1
    }
  }
}

/// Sums one tile from `pixel` and output panel `panel`.
///
/// Never inlined: each tile type is a function of its own, small enough for the optimiser to inline all its parts.
@inline(never)
func sumBytes<Tile: ByteTile>(_: Tile.Type, _ product: borrowing ByteProduct, _ pixel: Int, _ panel: Int) {
  var sums = Tile(repeating: Tile.Row(loading: product.bias + panel * 16, 16))
  let (stride, groups) = (product.inputStride, (product.depth + 3) / 4)
  let panelLength = groups * 16
  var input = product.input + pixel * stride
  var weights = UnsafeRawPointer(product.weights).assumingMemoryBound(to: Int32.self) + panel * panelLength
  for _ in 0..<groups {
    sums.add(input, stride, times: Tile.Row(loading: weights, panelLength))
    input += 4
    weights += 16
  }
  sums.store(to: product.sums)
}

/// Writes the bytes of one panel of a tile's sums.
@inline(never)
private func requantize(
  _ product: borrowing ByteProduct, _ pixel: Int, _ height: Int, _ panel: Int, columns: Int, column: Int
) {
  let panel = panel + column
  let ending = ByteEnding(product.requantization, panel: panel, channels: product.channels)
  var target = product.output + pixel * product.outputStride + panel * 16
  var source = UnsafePointer(product.sums) + column * 16
  let (step, stride) = (columns * 16, product.outputStride)
  if ending.isRising, product.pixelSums == nil {
    var left = height
    while left >= 4 {
      let sums = (
        loadSums(source), loadSums(source + step), loadSums(source + 2 * step), loadSums(source + 3 * step)
      )
      ending.storeRising(sums, to: target, stride)
      source += 4 * step
      target += 4 * stride
      left -= 4
    }
    for _ in 0..<left {
      ending.storeRising(loadSums(source), to: target)
      source += step
      target += stride
    }
    return
  }
  for index in 0..<height {
    var sums = loadSums(source)
    if let pixelSums = product.pixelSums {
      sums &-= Sums(repeating: product.weightZero &* pixelSums[pixel + index])
    }
    ending.store(sums, to: target)
    source += step
    target += stride
  }
}

/// Adds two rows of bytes.
package func addBytes(_ call: borrowing ByteSum) {
  let (left, right, rule) = (call.leftScaling, call.rightScaling, call.requantization)
  // One of the two has half of the common scale.
  let (leftIsHalf, rightIsHalf) = (isHalf(left), isHalf(right))
  for first in stride(from: 0, to: call.count, by: 16) {
    let leftSteps = widened(call.left + first) &- Sums(repeating: call.leftZero)
    let rightSteps = widened(call.right + first) &- Sums(repeating: call.rightZero)
    let sums =
      (leftIsHalf ? leftSteps &<< 19 : scaled(leftSteps &<< 20, left))
      &+ (rightIsHalf ? rightSteps &<< 19 : scaled(rightSteps &<< 20, right))
    store_bytes(
      scaled(sums, rule.scaling), rule.zero, rule.floor, rule.ceiling, call.output + first, call.count - first)
  }
}

/// Whether the factor of a panel's first channel is a half, which no number of 2²⁰ steps is rounded by.
private func isHalf(_ scaling: UnsafeRawPointer) -> Bool {
  scaling.load(as: Int32.self) == 0 && scaling.load(fromByteOffset: 64, as: Int32.self) == 1 << 30
    && scaling.load(fromByteOffset: 256, as: Int64.self) == 31
}

/// Makes bytes of a row of real numbers.
package func quantizeBytes(_ call: borrowing ByteRounding) {
  let scale = SIMD16<Float>(repeating: call.scale)
  var first = 0
  // A picture's bytes as they are.
  while call.scale == 1, first + 16 <= call.count {
    let values = UnsafeRawPointer(call.input + first).loadUnaligned(as: SIMD16<Float>.self)
    store_bytes(rounded(values), call.zero, 0, 255, call.output + first, 16)
    first += 16
  }
  while first + 16 <= call.count {
    let values = UnsafeRawPointer(call.input + first).loadUnaligned(as: SIMD16<Float>.self)
    store_bytes(rounded(values / scale), call.zero, 0, 255, call.output + first, 16)
    first += 16
  }
  while first < call.count {
    let value = SIMD16<Float>(repeating: call.input[first])
    store_bytes(rounded(value / scale), call.zero, 0, 255, call.output + first, 1)
    first += 1
  }
}
