/// A layer whose result is rounded to a grid where it lies, piece by piece, while it is still in the caches.
struct RoundedLayer: Layer {
  private let sums: any Layer
  private let rounding: RoundingLayer

  /// - Precondition: `rounding` is for maps as `sums` gives them.
  init(_ sums: any Layer, _ rounding: RoundingLayer) {
    precondition(sums.output == rounding.input, "The layers do not chain.")
    (self.sums, self.rounding) = (sums, rounding)
  }

  var kind: StepDescription.Kind { sums.kind }
  var input: MapSize { sums.input }
  var output: MapSize { sums.output }
  var cut: Cut { sums.cut }
  var scratch: Int { sums.scratch }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    unsafe sums.compute(piece, from: source, adding: second, to: target, scratch: scratch)
    // Rounding leaves the scratch memory to the next piece's sums.
    unsafe rounding.compute(piece, from: target, adding: nil, to: target, scratch: scratch)
  }
}
