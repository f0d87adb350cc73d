/// The values that a fake quantisation lets through: `2^bits` or one fewer of them, the same step apart, 0 among them.
///
/// Quantisation-aware training computes in float32 and rounds activations and weights to such a grid (TensorFlow's
/// FakeQuantWithMinMaxVars; Jacob et al., arXiv:1712.05877, section 3).
public struct QuantizationGrid: Sendable, Equatable {
  /// The least value of the grid.
  public let least: Float
  /// The greatest value of the grid.
  public let greatest: Float
  /// From one value to the next.
  public let step: Float
  /// How many steps 0 lies above `least`.
  package let zero: Float

  /// The grid over about `range`, moved so that 0 is one of its values; nil where 0 is outside of `range`, the range is
  /// empty or not finite, or `bits` is not in 2…16.
  ///
  /// Each operation is rounded to float32, as TensorFlow's `Nudge` does it.
  ///
  /// - Parameter isNarrow: whether the lowest of the `2^bits` values is left out, as for weights.
  public init?(_ range: (least: Float, greatest: Float), bits: Int, isNarrow: Bool) {
    guard (2...16).contains(bits), range.least.isFinite, range.greatest.isFinite, range.least <= 0, range.greatest >= 0
    else { return nil }
    let (lowest, highest): (Float, Float) = (isNarrow ? 1 : 0, Float(1 << bits - 1))
    step = (range.greatest - range.least) / (highest - lowest)
    guard step.isFinite, step >= .leastNormalMagnitude else { return nil }
    let exact: Float = lowest - range.least / step
    // Halves away from zero, as C's `round`.
    let zeroPoint: Float = min(max(exact, lowest), highest).rounded(.toNearestOrAwayFromZero)
    zero = zeroPoint - lowest
    least = -zero * step
    greatest = (highest - zeroPoint) * step
  }

  /// Returns the value of the grid that is nearest to `value`, the greater of two: each operation rounded to float32.
  public func callAsFunction(_ value: Float) -> Float {
    let held: Float = max(min(value, greatest), least)
    let steps: Float = (held - least) / step - zero + 0.5
    return steps.rounded(.down) * step
  }
}
