/// Float weights of a model, shared and never changed.
///
/// They lie in memory of their own or in the mapped file they came from, which they keep alive, or are made of such
/// whenever they are lent.
@safe
public struct Constant: Sendable {
  public let shape: Shape
  private let storage: any ConstantStorage

  /// - Precondition: `values.count` is the shape's count.
  public init(_ values: [Float], shape: Shape) {
    precondition(values.count == shape.count, "\(values.count) values do not fill \(shape).")
    self.init(OwnedConstant(values), shape: shape)
  }

  /// One value for each channel.
  package init(list values: [Float]) { self.init(values, shape: Shape([values.count])) }

  /// The same value for each of `count` channels.
  package init(repeating value: Float, count: Int) { self.init(list: Array(repeating: value, count: count)) }

  /// Values that `fill` computes in place; they are zero before.
  package init(shape: Shape, _ fill: (inout MutableSpan<Float>) -> Void) {
    let storage = OwnedConstant(count: shape.count ?? 0)
    var values = unsafe MutableSpan(_unsafeElements: storage.memory)
    fill(&values)
    self.init(storage, shape: shape)
  }

  /// Returns these values, each times the `scale` of its channel, the last extent; rounded once.
  ///
  /// They are computed whenever they are lent: a copy of all weights of a network would cost more in fresh memory than
  /// the products do. Products of products are a copy: a file may ask for thousands, and all would be computed at once.
  package func scaled(by scale: Constant) -> Constant {
    let base = storage is ScaledConstant ? OwnedConstant(values) : storage
    return Constant(ScaledConstant(base, by: scale.values), shape: shape)
  }

  /// - Precondition: `storage` lends as many floats as the shape's count.
  package init(_ storage: any ConstantStorage, shape: Shape) { (self.storage, self.shape) = (storage, shape) }

  public var count: Int { shape.count ?? 0 }

  /// Lends the values, outermost extent first.
  public func withValues<Result: ~Copyable, Failure: Error>(_ body: (Span<Float>) throws(Failure) -> Result)
    throws(Failure) -> Result
  {
    try unsafe storage.withFloats { floats throws(Failure) in try body(unsafe Span(_unsafeElements: floats)) }
  }

  /// Whether all values are 1.
  package var isOne: Bool { isEverywhere(1) }

  /// Whether all values are `value`.
  func isEverywhere(_ value: Float) -> Bool {
    withValues { values in values.indices.allSatisfy { values[$0] == value } }
  }

  /// Whether no value is infinite or not a number.
  package var isFinite: Bool { isBelow(.infinity) }

  /// Whether the size of each value is less than `limit`, a positive number; that of no number is not.
  package func isBelow(_ limit: Float) -> Bool {
    // Without signs floats are in the order of their bits. Collected instead of answered at once, many values are looked
    // at at a time.
    let bits = limit.bitPattern
    return unsafe storage.withBytes { bytes in
      var found: UInt32 = 0
      for index in 0..<bytes.count / MemoryLayout<Float>.stride {
        let value = unsafe bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Float>.stride, as: UInt32.self)
        found |= value & 0x7FFF_FFFF >= bits ? 1 : 0
      }
      return found == 0
    }
  }

  /// Returns a copy of the values.
  public var values: [Float] { unsafe storage.withFloats { unsafe Array($0) } }
}

/// Where the floats of a constant lie, or what they are made of.
package protocol ConstantStorage: AnyObject, Sendable {
  /// Lends the floats, the same each time, though perhaps at another place.
  func withFloats<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result

  /// Lends the same floats as bytes, which may lie at any address: those of a file where they are, without a copy.
  func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result
}

extension ConstantStorage {
  /// Lends the floats as bytes, from where `withFloats` has them.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withFloats { floats throws(Failure) in try unsafe body(UnsafeRawBufferPointer(floats)) }
  }
}

/// Floats of another storage, times the factor of their channel.
private final class ScaledConstant: ConstantStorage {
  private let base: any ConstantStorage
  private let scale: [Float]

  /// - Precondition: `base` lends whole rows of as many floats as `scale` has.
  init(_ base: any ConstantStorage, by scale: [Float]) { (self.base, self.scale) = (base, scale) }

  func withFloats<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe base.withBytes { source throws(Failure) in
      let count = source.count / MemoryLayout<Float>.stride
      let products = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      defer { unsafe products.deallocate() }
      unsafe scale.withUnsafeBufferPointer { scale in
        for first in stride(from: 0, to: count, by: max(scale.count, 1)) {
          for channel in 0..<scale.count {
            let place = (first + channel) * MemoryLayout<Float>.stride
            let value = unsafe source.loadUnaligned(fromByteOffset: place, as: Float.self)
            unsafe products.initializeElement(at: first + channel, to: value * scale[channel])
          }
        }
      }
      return unsafe try body(UnsafeBufferPointer(products))
    }
  }
}

/// Floats in memory of their own.
@safe
private final class OwnedConstant: ConstantStorage {
  /// Written only before the constant is handed out.
  nonisolated(unsafe) let memory: UnsafeMutableBufferPointer<Float>

  func withFloats<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result { unsafe try body(UnsafeBufferPointer(memory)) }

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
