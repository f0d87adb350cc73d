internal import Glibc
internal import Posix

/// Floats in one block of memory that starts at a cache line and is freed with its last holder.
///
/// Invariant: `base` points to `count` initialized floats as long as the block is held. Who writes to it, and when, is
/// the holder's business.
@safe
final class FloatBlock: Sendable {
  nonisolated(unsafe) let base: UnsafeMutablePointer<Float>
  let count: Int
  /// What the block is a part of; nil where it was allocated for itself.
  private let slab: Slab?

  /// A block of `count` zeros.
  ///
  /// - Precondition: `count` is not negative, and as many floats fit an address space.
  init(count: Int) {
    self.count = count
    if let (slab, bytes) = unsafe Slab.zeros(byteCount: wholeLines(count) * 4) {
      self.slab = slab
      unsafe base = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
    } else {
      slab = nil
      let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
      unsafe base = bytes.initializeMemory(as: Float.self, repeating: 0, count: max(count, 1))
    }
  }

  deinit { if slab == nil { unsafe base.deallocate() } }
}

/// Memory of the system from which blocks are cut one after the other, on large pages where it has them: of small ones a
/// network's weights are thousands, each of which costs a fault when it is first touched and a look-up ever after.
///
/// It goes back when the last of its blocks has gone.
@safe
private final class Slab: Sendable {
  private nonisolated(unsafe) let start: UnsafeMutableRawPointer
  private let used = Guarded(0)

  /// What a slab has; what is never touched costs nothing.
  private static let size = 32 << 20
  private static let largePage = 2 << 20
  /// The slab that has room.
  private static let current = Guarded<Slab?>(nil)

  /// Returns `byteCount` zeros, whole cache lines; nil where they are better allocated for themselves.
  static func zeros(byteCount: Int) -> (Slab, UnsafeMutableRawPointer)? {
    #if DEBUG
      // There the address sanitizer looks at the ends of each block.
      return nil
    #else
      guard (4096...size / 4).contains(byteCount) else { return nil }
      return unsafe current.withLock { slab in
        if let present = slab, let bytes = unsafe present.cut(byteCount) { return unsafe (present, bytes) }
        guard let fresh = Slab(), let bytes = unsafe fresh.cut(byteCount) else { return nil }
        slab = fresh
        return unsafe (fresh, bytes)
      }
    #endif
  }

  /// Nil where the system has no memory.
  private init?() {
    let mapped = unsafe mmap(
      nil, Self.size + Self.largePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapped = unsafe mapped, unsafe mapped != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
    unsafe start = mapped
    unsafe madvise(first, Self.size, MADV_HUGEPAGE)
  }

  deinit { unsafe munmap(start, Self.size + Self.largePage) }

  /// Where its first large page begins.
  private var first: UnsafeMutableRawPointer { unsafe start.alignedUp(toMultipleOf: Self.largePage) }

  /// Returns the next `byteCount` bytes; nil where there are not so many.
  private func cut(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    unsafe used.withLock { used in
      guard Self.size - used >= byteCount else { return nil }
      defer { used += byteCount }
      return unsafe first + used
    }
  }
}

/// Returns `count` rounded up to whole cache lines of floats.
func wholeLines(_ count: Int) -> Int { (count + 15) / 16 * 16 }
