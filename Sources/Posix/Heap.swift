internal import CPosix

/// The allocator of C, as far as a program that runs for months has to say something to it.
package enum Heap {
  /// Has every block of 256 KiB and more, thus every picture, come from the system and go back to it.
  ///
  /// Left to itself glibc takes the first picture that is let go as a sign to keep blocks of its size, each in the pool
  /// of the thread that asked for it: memory then grows by a picture with some of the first returns of a camera.
  /// (mallopt(3): a threshold that is set is no longer adapted.)
  package static func returnLargeBlocks() { _ = mallopt(M_MMAP_THRESHOLD, 256 << 10) }
}
