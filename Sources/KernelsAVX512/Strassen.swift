internal import CLanes
package import KernelCalls

/// Computes a pointwise convolution by Strassen's products.
package func multiply(_ product: borrowing StrassenProduct) {
  let (pairs, isOdd) = (product.pixels / 2, product.pixels % 2 == 1)
  let tiling = Tiling(pairs, tallest: setsTallestTile)
  let blockTiles = StrassenProduct.blockPairs / setsTallestTile
  let blocks = (tiling.count + blockTiles - 1) / blockTiles
  let vectors = product.outputPanels * panelWidth / Lanes.scalarCount
  let vectorFloats = Lanes.scalarCount * StrassenProduct.count * product.inputPanels * panelWidth
  for block in 0..<blocks {
    let tiles = block * tiling.count / blocks..<(block + 1) * tiling.count / blocks
    // The last pixel of an odd number is a tile of its own.
    let hasLast = tiles.upperBound == tiling.count ? isOdd : false
    let sums = PairSums(
      product, tiling.pixel(of: tiles.lowerBound)..<tiling.pixel(of: tiles.upperBound), last: hasLast)
    for vector in stride(from: 0, to: vectors, by: 2) {
      let next = vector + 2 < vectors ? vector + 2 : 0
      var operands = Operands(
        weights: product.weights + vector * vectorFloats, panels: product.inputPanels,
        next: product.weights + next * vectorFloats, step: 2 * Lanes.scalarCount / tiles.count)
      for tile in tiles.lowerBound..<tiles.upperBound + (hasLast ? 1 : 0) {
        let pair = min(tiling.pixel(of: tile), pairs)
        let height = tile < tiling.count ? tiling.run(from: tile, to: tile + 1).height : 1
        if vector + 1 < vectors {
          multiply(TwoColumns.self, product, sums, pair, height: height, vector, &operands)
        } else {
          multiply(OneColumn.self, product, sums, pair, height: height, vector, &operands)
        }
      }
    }
  }
}

/// Computes the results of `height` pairs from `pair` on, of the vectors of outputs from `vector` on of both halves.
@inline(__always)
private func multiply<Row: WholeColumns>(
  _: Row.Type, _ product: borrowing StrassenProduct, _ sums: PairSums, _ pair: Int, height: Int, _ vector: Int,
  _ operands: inout Operands
) {
  let (a, b) = (2 * pair, 2 * pair + 1)
  let left = vector * Lanes.scalarCount
  let right = left + product.outputPanels * panelWidth
  let a1 = every(second: product.input, from: a)
  compute(
    StrassenTile<Row>(
      operands: operands, a1: a1, a2: half(of: a1, product.inputPanels),
      b2: half(of: every(second: product.input, from: b), product.inputPanels), s1: sums.map(0, from: pair),
      s2: sums.map(1, from: pair), s3: sums.map(2, from: pair), s4: sums.map(3, from: pair), x: product.scratch,
      y: product.scratch + StrassenProduct.tileFloats, bias: Addend(ofAll: product.bias + left),
      difference: Addend(ofAll: product.bias + right),
      zeros: Addend(ofAll: product.bias + 2 * product.outputPanels * panelWidth),
      aLeft: Ending(product, a, left), aRight: Ending(product, a, right), bLeft: Ending(product, b, left),
      bRight: Ending(product, b, right), hasB: b < product.pixels),
    height: height)
  // The next tile goes over the same weights, and fetches what comes behind.
  operands.next += StrassenProduct.count * product.inputPanels * panelWidth * operands.step
}

/// The seven products of a tile of pairs, and the four results of each.
///
/// Everything is known before the first product: where addresses are found between two, the compiler takes the sums to memory
/// and back.
private struct StrassenTile<Row: WholeColumns>: TileWork {
  let operands: Operands
  let a1: FeatureMap
  let a2: FeatureMap
  let b2: FeatureMap
  let s1: FeatureMap
  let s2: FeatureMap
  let s3: FeatureMap
  let s4: FeatureMap
  let x: UnsafeMutablePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let bias: Addend
  let difference: Addend
  let zeros: Addend
  let aLeft: Ending
  let aRight: Ending
  let bLeft: Ending
  let bRight: Ending
  /// Whether the pairs have a pixel `b`.
  let hasB: Bool

  @inline(never)
  func compute<Sums: Tile>(_: Sums.Type) where Sums.Row == Row {
    var operands = operands
    let strides = Strides(pixel: Row.rowFloats, column: Lanes.scalarCount)
    var results = Sums(loading: bias.base, bias.strides)
    operands.add(a1, to: &results)
    results.store(to: x, strides, Limits())
    operands.add(a2, to: &results)
    aLeft.store(results)

    results = Sums(loading: x, strides)
    operands.add(s2, to: &results)
    results.store(to: x, strides, Limits())
    results.add(difference.base, difference.strides)
    operands.add(s1, to: &results)
    results.store(to: y, strides, Limits())
    operands.add(s4, to: &results)
    aRight.store(results)
    if !hasB { return }

    results = Sums(loading: zeros.base, zeros.strides)
    operands.add(s3, to: &results)
    var others = results
    others.add(y, strides)
    bRight.store(others)
    results.add(x, strides)
    operands.add(b2, to: &results)
    bLeft.store(results)
  }
}

/// What is added to a tile's sums, the same for all pixels.
private struct Addend {
  let base: UnsafePointer<Float>
  let strides: Strides

  @inline(__always)
  init(ofAll base: UnsafePointer<Float>) {
    (self.base, strides) = (base, Strides(pixel: 0, column: Lanes.scalarCount))
  }
}

/// Where results go.
private struct Ending {
  let output: FeatureMap
  let residual: FeatureMap?
  let clamp: Clamp

  /// The results of every second pixel from `pixel` on, from output channel `channel` on.
  @inline(__always)
  init(_ product: borrowing StrassenProduct, _ pixel: Int, _ channel: Int) {
    output = every(second: product.output, from: pixel, channel)
    residual = if let residual = product.residual { every(second: residual, from: pixel, channel) } else { nil }
    clamp = product.clamp
  }

  @inline(__always)
  func store<Sums: Tile>(_ sums: Sums) {
    var results = sums
    if let residual { results.add(residual.base, strides(of: residual)) }
    if clamp.isHardSwish {
      results.store(to: output.base, strides(of: output), Limits(clamp, isHardSwish: true))
    } else {
      results.store(to: output.base, strides(of: output), Limits(clamp, isHardSwish: false))
    }
  }
}

/// The weights of a tile's products, one after the other.
private struct Operands {
  var weights: UnsafePointer<Float>
  let panels: Int
  /// What is fetched for later, `step` floats with each input channel.
  var next: UnsafePointer<Float>
  let step: Int

  /// Adds the products of half of a map's channels, and of the weights that come next, to `sums`.
  @inline(__always)
  mutating func add<Sums: Tile>(_ input: FeatureMap, to sums: inout Sums) {
    var segment = UnsafePointer(input.base)
    for _ in 0..<panels {
      for channel in 0..<panelWidth {
        sums.add(segment + channel, input.pixelStride, times: Sums.Row.weights(at: weights))
        weights += Sums.Row.rowFloats
        prefetch(next)
        next += step
      }
      segment += input.panelStride
    }
  }
}

/// The sums `s1` to `s4` of some pairs of pixels: the panels of one behind those of the other.
private struct PairSums {
  let map: FeatureMap
  let first: Int
  let panels: Int

  /// Makes the sums of `pairs`, and of the pixel behind them, the last one, with zeros.
  @inline(never)
  init(_ product: borrowing StrassenProduct, _ pairs: Range<Int>, last: Bool) {
    map = FeatureMap(
      product.scratch + 2 * StrassenProduct.tileFloats, pixelStride: panelWidth,
      panelStride: (pairs.count + (last ? 1 : 0)) * panelWidth)
    (first, panels) = (pairs.lowerBound, product.inputPanels)
    for channel in stride(from: 0, to: panels * panelWidth, by: Lanes.scalarCount) {
      for pair in pairs {
        let a = values(product, 2 * pair, channel)
        store(a, values(product, 2 * pair + 1, channel), pair, channel)
      }
      if last { store(values(product, 2 * pairs.upperBound, channel), (.zero, .zero), pairs.upperBound, channel) }
    }
  }

  /// Returns a vector of channels of both halves.
  @inline(__always)
  private func values(_ product: borrowing StrassenProduct, _ pixel: Int, _ channel: Int) -> (Lanes, Lanes) {
    let source = address(product.input, pixel, channel)
    return (load(source), load(source + panels * product.input.panelStride))
  }

  /// Writes the sums of a pair of pixels `a` and `b`, of a vector of channels of each half.
  @inline(__always)
  private func store(_ a: (Lanes, Lanes), _ b: (Lanes, Lanes), _ pair: Int, _ channel: Int) {
    let target = address(map, pair - first, channel)
    let next = panels * map.panelStride
    let s1 = b.0 + b.1
    let s2 = s1 - a.0
    target.store(s1)
    (target + next).store(s2)
    (target + 2 * next).store(a.0 - b.0)
    (target + 3 * next).store(a.1 - s2)
  }

  /// Returns where sum `index` is, from `pair` on.
  @inline(__always)
  func map(_ index: Int, from pair: Int) -> FeatureMap {
    var part = map
    part.base += (pair - first) * map.pixelStride + index * panels * map.panelStride
    return part
  }
}

/// Returns every second pixel of `map` from `pixel` on, and the channels from `channel` on.
@inline(__always)
private func every(second map: FeatureMap, from pixel: Int, _ channel: Int = 0) -> FeatureMap {
  FeatureMap(address(map, pixel, channel), pixelStride: 2 * map.pixelStride, panelStride: map.panelStride)
}

/// Returns the channels of `map` behind the first `panels` panels.
@inline(__always)
private func half(of map: FeatureMap, _ panels: Int) -> FeatureMap {
  var half = map
  half.base += panels * map.panelStride
  return half
}
