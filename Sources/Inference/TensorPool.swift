internal import Posix

/// The memory of a fixed number of input tensors, made once.
public final class TensorPool: Sendable {
  /// How each tensor lies in memory.
  public let layout: InputLayout
  private let block: FloatBlock
  /// Floats from one tensor to the next.
  private let stride: Int
  /// Numbers of the tensors that nobody holds.
  private let free: Guarded<[Int]>

  /// A pool of `capacity` tensors.
  public init(layout: InputLayout, capacity: Int) {
    self.layout = layout
    stride = wholeLines(layout.count)
    block = FloatBlock(count: stride * capacity)
    free = Guarded(Array(0..<capacity))
  }

  /// Returns a tensor that nobody holds; its picture is what the last holder left, its padding is zero. Any thread may
  /// call this and drop the tensor.
  ///
  /// - Precondition: fewer than `capacity` tensors are held.
  public func take() -> InputTensor {
    guard let number = free.withLock({ $0.popLast() }) else { preconditionFailure("All input tensors are held.") }
    return unsafe InputTensor(layout: layout, memory: block.base + number * stride, pool: self, number: number)
  }

  /// Takes tensor `number` from a holder that drops it.
  func takeBack(_ number: Int) { free.withLock { $0.append(number) } }
}
