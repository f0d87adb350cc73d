internal import CLanes
package import KernelCalls

// The bodies of products over pairs of halves: what they call a float, of an input or of a weight, is a pair here. Nothing
// but `addProduct` looks into it; sums, biases and residuals are floats everywhere, results floats or halves.

/// The vector of this instruction set.
typealias Lanes = SIMD16<Float>

/// The most pixels whose sums, two vectors each, fit the registers.
let setsTallestTile = 14

/// The columns of a last vector whose weights go by pairs of inputs, alone and beside another: no product of this set has one.
typealias PairedOne = OneColumn
typealias PairedTwo = TwoColumns

/// Floats that a vector's channels of a pixel take in a map of halves in panels.
let setsPixelFloats = 8

/// Whether products can be made halves.
let setsRoundsProducts = true

/// Whether the sums of two passes and nine weights fit the registers.
let setsConvolvesRowPairs = true

/// Output pixels of one pass of a depthwise convolution.
typealias Wide = Eight

/// Adds the two products of each lane's pairs.
@inline(__always)
func addProduct(_ sum: inout Lanes, _ left: Lanes, _ right: Lanes) { sum = add_pairs(sum, left, right) }

/// Returns the pair at `input` in all lanes.
@inline(__always)
func repeated(_ input: UnsafePointer<Float>) -> Lanes { repeated16(input) }

/// Returns `value` held between the limits, lane by lane.
@inline(__always)
func clamped(_ value: Lanes, _ limits: Limits) -> Lanes { clamp16(value, limits.floor, limits.ceiling) }

/// Rounds a map to halves and joins neighbours to pairs, eight floats a panel.
package func joinHalves(_ call: borrowing Narrowing) {
  var target = call.output
  for panel in 0..<call.panels {
    var source = call.input.base + panel * call.input.panelStride
    var left = call.pixels
    while left > 1 {
      target.store(pairs_of(load(source), load(source + call.input.pixelStride)))
      source += 2 * call.input.pixelStride
      target += panelWidth
      left -= 2
    }
    if left > 0 {
      let pairs = pairs_of(load(source), .zero)
      UnsafeMutableRawPointer(target).storeBytes(of: pairs.lowHalf, as: SIMD8<Float>.self)
      target += panelWidth / 2
    }
  }
}

/// Does `work` with a tile of `height` pixels.
@inline(__always)
func compute<Work: TileWork>(_ work: Work, height: Int) {
  switch height {
  case 1: work.compute(Tile1<Work.Row>.self)
  case 2: work.compute(Tile2<Work.Row>.self)
  case 3: work.compute(Tile3<Work.Row>.self)
  case 4: work.compute(Tile4<Work.Row>.self)
  case 5: work.compute(Tile5<Work.Row>.self)
  case 6: work.compute(Tile6<Work.Row>.self)
  case 7: work.compute(Tile7<Work.Row>.self)
  case 8: work.compute(Tile8<Work.Row>.self)
  case 9: work.compute(Tile9<Work.Row>.self)
  case 10: work.compute(Tile10<Work.Row>.self)
  case 11: work.compute(Tile11<Work.Row>.self)
  case 12: work.compute(Tile12<Work.Row>.self)
  case 13: work.compute(Tile13<Work.Row>.self)
  case 14: work.compute(Tile14<Work.Row>.self)
  default: preconditionFailure()
  }
}

extension UnsafeMutablePointer<Float> {
  /// Writes the halves of what the activation gives for `sums` here, 16 in the place of eight floats.
  @inline(__always)
  func storeHalves(_ sums: Lanes, _ limits: Limits) {
    UnsafeMutableRawPointer(self).storeBytes(of: halves(sums, .zero, limits).lowHalf, as: SIMD8<Float>.self)
  }

  /// Does the same for the sums of two pixels, which are neighbours: such maps lie in panels.
  @inline(__always)
  func storeHalves(_ sums: Lanes, _ next: Lanes, _: Int, _ limits: Limits) { store(halves(sums, next, limits)) }
}

/// Returns the halves of what the activation gives for two vectors of sums.
///
/// Halves are held between limits rather than sums: half as many instructions, and the limits are halves themselves.
@inline(__always)
private func halves(_ first: Lanes, _ second: Lanes, _ limits: Limits) -> Lanes {
  limits.isHardSwish
    ? pairs_of(activated(first, limits), activated(second, limits))
    : clamp_pairs(pairs_of(first, second), limits.floor, limits.ceiling)
}
