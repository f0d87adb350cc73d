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
}
