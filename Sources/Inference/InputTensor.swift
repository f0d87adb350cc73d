/// How the input of a network lies in memory: rows of packed RGB floats, with zeros around them.
///
/// The first convolution reads it as it is, so its zero padding is part of the layout.
public struct InputLayout: Sendable, Equatable {
  /// Size of the picture, in pixels.
  public let width: Int
  public let height: Int
  public let channels: Int
  /// Floats from one row to the next, at least `width · channels`.
  public let rowStride: Int
  /// Where channel 0 of the first pixel lies, in floats from the start.
  public let origin: Int
  /// Floats in all, padding included.
  public let count: Int
}

/// One input of a network; goes back to its pool when it is dropped.
@safe
public struct InputTensor: ~Copyable, Sendable {
  public let layout: InputLayout
  nonisolated(unsafe) private let memory: UnsafeMutableBufferPointer<Float>
  private let pool: TensorPool

  fileprivate init(layout: InputLayout, memory: UnsafeMutableBufferPointer<Float>, pool: TensorPool) {
    (self.layout, self.pool) = (layout, pool)
    unsafe self.memory = unsafe memory
  }

  deinit { unsafe pool.takeBack(memory) }
}
