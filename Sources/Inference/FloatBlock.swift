/// Floats in one block of memory that starts at a cache line and is freed with its last holder.
///
/// Invariant: `base` points to `count` initialized floats as long as the block is held. Who writes to it, and when, is
/// the holder's business.
@safe
final class FloatBlock: Sendable {
  nonisolated(unsafe) let base: UnsafeMutablePointer<Float>
  let count: Int

  /// A block of `count` zeros.
  ///
  /// - Precondition: `count` is not negative, and as many floats fit an address space.
  init(count: Int) {
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
    unsafe base = bytes.initializeMemory(as: Float.self, repeating: 0, count: max(count, 1))
  }

  deinit { unsafe base.deallocate() }
}

/// Returns `count` rounded up to whole cache lines of floats.
func wholeLines(_ count: Int) -> Int { (count + 15) / 16 * 16 }
