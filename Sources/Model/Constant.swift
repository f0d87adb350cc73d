/// Float weights of a model, shared and never changed.
///
/// They lie in an array of their own or in the mapped file they came from, which they keep alive.
@safe
public struct Constant: Sendable {
  public let shape: Shape
  private let storage: any ConstantStorage

  /// - Precondition: `values.count` is the shape's count.
  public init(_ values: [Float], shape: Shape) {
    precondition(values.count == shape.count, "\(values.count) values do not fill \(shape).")
    self.init(OwnedConstant(values), shape: shape)
  }

  /// Values that `fill` computes in place; they are zero before.
  package init(shape: Shape, _ fill: (inout MutableSpan<Float>) -> Void) {
    let storage = OwnedConstant(count: shape.count ?? 0)
    var values = unsafe MutableSpan(_unsafeElements: storage.memory)
    fill(&values)
    self.init(storage, shape: shape)
  }

  /// - Precondition: `storage` lends as many floats as the shape's count.
  package init(_ storage: any ConstantStorage, shape: Shape) { (self.storage, self.shape) = (storage, shape) }

  public var count: Int { shape.count ?? 0 }

  /// Lends the values, outermost extent first.
  public func withValues<Result: ~Copyable, Failure: Error>(_ body: (Span<Float>) throws(Failure) -> Result)
    throws(Failure) -> Result
  {
    try body(unsafe Span(_unsafeElements: storage.floats))
  }

  /// Whether all values are 1.
  package var isOne: Bool { isEverywhere(1) }

  /// Whether all values are `value`.
  package func isEverywhere(_ value: Float) -> Bool {
    withValues { values in values.indices.allSatisfy { values[$0] == value } }
  }

  /// Whether no value is infinite or not a number.
  package var isFinite: Bool {
    // Either has an exponent of ones only. The greatest exponent, as an integer, is found many values at a time.
    let exponent: UInt32 = 0x7F80_0000
    return withValues { values in
      var greatest: UInt32 = 0
      for index in values.indices { greatest = max(greatest, values[index].bitPattern & exponent) }
      return greatest < exponent
    }
  }

  /// Returns a copy of the values.
  public var values: [Float] { unsafe Array(storage.floats) }
}

/// Where the floats of a constant lie.
package protocol ConstantStorage: AnyObject, Sendable {
  /// Valid and unchanged as long as the storage lives.
  var floats: UnsafeBufferPointer<Float> { get }
}

/// Floats in memory of their own.
@safe
private final class OwnedConstant: ConstantStorage {
  /// Written only before the constant is handed out.
  nonisolated(unsafe) let memory: UnsafeMutableBufferPointer<Float>
  var floats: UnsafeBufferPointer<Float> { unsafe UnsafeBufferPointer(memory) }

  /// A copy of `values`.
  init(_ values: [Float]) {
    unsafe memory = .allocate(capacity: values.count)
    _ = unsafe memory.initialize(fromContentsOf: values)
  }

  /// So many zeros.
  init(count: Int) {
    unsafe memory = .allocate(capacity: count)
    unsafe memory.initialize(repeating: 0)
  }

  deinit { unsafe memory.deallocate() }
}
