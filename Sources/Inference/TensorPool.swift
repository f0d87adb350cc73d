/// The memory of a fixed number of input tensors.
public final class TensorPool: Sendable {
  public init(layout: InputLayout, capacity: Int) {}
  /// Returns a tensor that nobody holds.
  public func take() -> InputTensor { preconditionFailure() }
  func takeBack(_ memory: UnsafeMutableBufferPointer<Float>) {}
}
