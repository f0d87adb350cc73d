extension KernelSet {
  /// Returns the rate that `threads` threads together reach in a loop of independent multiply-adds, in GFLOP/s: the most
  /// that these kernels could do, here and now.
  ///
  /// The best of ten turns of about a millisecond. Two threads that stay below twice the rate of one share a core, or
  /// have a neighbour on theirs.
  ///
  /// - Precondition: `threads` is at least 1.
  package func peakRate(threads: Int = 1) -> Double {
    // The plain loop of the reference does not use the lanes.
    bestRate(multiplyAdd, rounds: name == KernelSet.reference.name ? 2_000 : 100_000, threads: threads)
  }
}

extension HalfKernels {
  /// Returns the rate that `threads` threads together reach in a loop of products of halves, as `KernelSet.peakRate`.
  ///
  /// - Precondition: `threads` is at least 1.
  package func peakRate(threads: Int = 1) -> Double {
    bestRate(multiplyAdd, rounds: name == HalfKernels.reference.name ? 2_000 : 100_000, threads: threads)
  }

  /// The rate of one thread by ten turns of some microseconds: enough to tell which of two sets is twice as fast.
  var quickRate: Double { bestRate(multiplyAdd, rounds: 2_000, threads: 1) }
}

/// Returns the best rate of ten turns of `rounds` rounds of `multiplyAdd` on each of `threads` threads, in GFLOP/s.
private func bestRate(
  _ multiplyAdd: @Sendable (Int, UnsafeMutablePointer<Float>) -> Int, rounds: Int, threads: Int
) -> Double {
  precondition(threads > 0, "A rate is reached by one thread at least.")
  let team = Team(size: threads)
  let numbers = Numbers(count: 256 * threads)
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
