/// Memory for `count` values, which goes when the block goes.
@safe
struct Block<Element: BitwiseCopyable>: ~Copyable {
  let count: Int
  /// `count` values, aligned to 64 bytes, valid as long as the block is held.
  let start: UnsafeMutablePointer<Element>

  /// A block filled with `value`.
  init(repeating value: Element, count: Int) {
    self.count = count
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Element>.stride, alignment: 64)
    unsafe start = unsafe memory.initializeMemory(as: Element.self, repeating: value, count: count)
  }

  deinit { unsafe start.deallocate() }
}

extension Block: @unchecked Sendable where Element: Sendable {}

extension Block {
  /// A block of `values`.
  ///
  /// - Precondition: there is at least one.
  init(_ values: [Element]) {
    self.init(repeating: values[0], count: values.count)
    for (index, value) in values.enumerated() { unsafe start[index] = value }
  }
}
