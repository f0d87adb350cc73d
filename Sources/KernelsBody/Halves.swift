internal import CLanes
package import KernelCalls

/// Computes a pointwise convolution of halves that lie as floats; of the weights, two lie in the place of one.
package func multiplyHalves(_ product: borrowing Product) {
  withUnsafePointer(to: product) {
    multiply(
      $0, Halves<OneColumn>.self, Halves<TwoColumns>.self, Halves<OneColumn>.self, Halves<TwoColumns>.self)
  }
}

/// Rounds a map to halves that lie as floats, and lets neighbouring channels change places.
///
/// So each pair's second channel is summed first, as the instruction for pairs does it: where products are fused, both give
/// the same bits.
package func roundHalves(_ call: borrowing Narrowing) {
  var target = call.output
  for panel in 0..<call.panels {
    var source = call.input.base + panel * call.input.panelStride
    for _ in 0..<call.pixels {
      for lane in stride(from: 0, to: panelWidth, by: Lanes.scalarCount) {
        (target + lane).store(swapped(rounded(load(source + lane))))
      }
      source += call.input.pixelStride
      target += panelWidth
    }
  }
}

/// Vectors of sums whose weights are halves: each float of a row holds one of the first vector and one of the second.
struct Halves<Vectors: WholeColumns>: Columns {
  var vectors: Vectors

  @inline(__always) static var count: Int { Vectors.count }
  @inline(__always) static var tallestTile: Int { setsTallestHalvesTile }
  @inline(__always) static var rounds: Bool { true }
  @inline(__always) static var rowFloats: Int { Lanes.scalarCount }
  @inline(__always) static var blockFloats: Int { Lanes.scalarCount }
  @inline(__always) static func weights(at source: UnsafePointer<Float>) -> Vectors {
    let pairs = load(source)
    return Vectors(first: firstHalves(pairs), second: secondHalves(pairs))
  }
  @inline(__always) init(loading source: UnsafePointer<Float>, stride: Int) {
    vectors = Vectors(loading: source, stride: stride)
  }
  @inline(__always) mutating func add(_ input: UnsafePointer<Float>, times weights: Vectors) {
    vectors.add(input, times: weights)
  }
  @inline(__always) mutating func add(_ other: Self) { vectors.add(other.vectors) }
  @inline(__always) func store(to target: UnsafeMutablePointer<Float>, stride: Int, _ limits: Limits) {
    vectors.store(to: target, stride: stride, limits)
  }
  @inline(__always) func storeHalves(to target: UnsafeMutablePointer<Float>, stride: Int, _ limits: Limits) {
    vectors.storeHalves(to: target, stride: stride, limits)
  }
  @inline(__always) func storeHalves(
    and next: Self, to target: UnsafeMutablePointer<Float>, _ strides: Strides, _ limits: Limits
  ) {
    vectors.storeHalves(and: next.vectors, to: target, strides, limits)
  }
}

extension UnsafeMutablePointer<Float> {
  /// Writes the halves of what the activation gives for `sums` here, as floats.
  @inline(__always)
  func storeHalves(_ sums: Lanes, _ limits: Limits) { store(rounded(activated(sums, limits))) }

  /// Does the same for the sums of two pixels.
  @inline(__always)
  func storeHalves(_ sums: Lanes, _ next: Lanes, _ pixelStride: Int, _ limits: Limits) {
    storeHalves(sums, limits)
    (self + pixelStride).storeHalves(next, limits)
  }
}
