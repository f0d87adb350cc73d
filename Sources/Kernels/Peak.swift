extension KernelSet {
  /// Returns the rate that `threads` threads together reach in a loop of independent multiply-adds, in GFLOP/s: the most
  /// that these kernels could do, here and now.
  ///
  /// The best of ten turns of about a millisecond. Two threads that stay below twice the rate of one share a core, or
  /// have a neighbour on theirs.
  ///
  /// - Precondition: `threads` is at least 1.
  package func peakRate(threads: Int = 1) -> Double {
    precondition(threads > 0, "A rate is reached by one thread at least.")
    let team = Team(size: threads)
    let numbers = Numbers(count: 256 * threads)
    // The plain loop of the reference does not use the lanes.
    let rounds = name == KernelSet.reference.name ? 2_000 : 100_000
    let operations = multiplyAdd(rounds, numbers.start) * threads
    var best = 0.0
    for _ in 0..<10 {
      numbers.reset()
      let begin = nanoseconds()
      team.run(threads) { chunk, _ in _ = multiplyAdd(rounds, numbers.start + 256 * chunk) }
      best = max(best, Double(operations) / Double(max(nanoseconds() - begin, 1)))
    }
    return best
  }
}

/// Floats at the start of a cache line.
private final class Numbers {
  let start: UnsafeMutablePointer<Float>
  private let count: Int

  init(count: Int) {
    self.count = count
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
    start = memory.bindMemory(to: Float.self, capacity: count)
    reset()
  }

  deinit { start.deallocate() }

  /// Sets all of them to what is neither zero nor denormal, and stays so for a while.
  func reset() { start.initialize(repeating: 0.001, count: count) }
}
