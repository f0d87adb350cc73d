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

  /// A picture with so many rows and columns of zeros around it.
  init(width: Int, height: Int, channels: Int, top: Int, left: Int, bottom: Int, right: Int) {
    (self.width, self.height, self.channels) = (width, height, channels)
    rowStride = (left + width + right) * channels
    origin = top * rowStride + left * channels
    count = (top + height + bottom) * rowStride
  }
}

/// One input of a network; goes back to its pool when it is dropped.
///
/// Whoever fills it writes the picture's pixels and nothing else: the padding around them stays zero for ever.
@safe
public struct InputTensor: ~Copyable, Sendable {
  /// How the tensor lies in memory.
  public let layout: InputLayout
  /// `layout.count` floats of the pool's block, this tensor's alone.
  nonisolated(unsafe) let memory: UnsafeMutablePointer<Float>
  private let pool: TensorPool
  private let number: Int

  init(layout: InputLayout, memory: UnsafeMutablePointer<Float>, pool: TensorPool, number: Int) {
    (self.layout, self.pool, self.number) = (layout, pool, number)
    unsafe self.memory = unsafe memory
  }

  deinit { pool.takeBack(number) }

  /// Returns where the first float of row `row`'s first pixel lies; `layout.width · layout.channels` floats from there
  /// on are the row, valid as long as the tensor is held.
  ///
  /// - Precondition: `row` is a row of the picture.
  package borrowing func address(row: Int) -> UnsafeMutablePointer<Float> {
    precondition(row >= 0 && row < layout.height, "The picture has no row \(row).")
    return unsafe memory + layout.origin + row * layout.rowStride
  }
}
