/// What whole numbers of 8 bits mean: `scale · (q − zero)`.
///
/// All are signed: an unsigned number of a file is less by 128 here, and its zero too, which changes nothing.
public struct IntegerGrid: Sendable, Equatable {
  public var scale: Float
  public var zero: Int

  /// - Precondition: `scale` is positive and finite, `zero` in −128…127.
  public init(scale: Float, zero: Int) {
    precondition(scale > 0 && scale.isFinite && (-128...127).contains(zero), "No grid of 8 bits.")
    (self.scale, self.zero) = (scale, zero)
  }

  /// Returns the number nearest to `value`, halves away from zero, held in −128…127.
  public func callAsFunction(_ value: Float) -> Int8 {
    let steps: Float = (value / scale).rounded(.toNearestOrAwayFromZero)
    return steps.isNaN ? Int8(zero) : Int8(max(-128, min(127, steps + Float(zero))))
  }

  /// Returns what `number` means, in float32.
  public func real(_ number: Int8) -> Float { Float(Int(number) - zero) * scale }
}
