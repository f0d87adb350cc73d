import Foundation
public import Testing

/// Runs a suite on a few threads beside those on which all tests compute, because its tests wait: for programs, cameras
/// and clocks. Swift has one thread for each processor, and a test that waits on one of them leaves a processor idle.
///
/// On a suite that computes it does harm: more tests would run at once than there are processors.
public struct Waiting: SuiteTrait, TestTrait, TestScoping {
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(WaitingThreads.shared) { try await function() }
  }
}

extension Trait where Self == Waiting {
  /// The tests of the suite wait more than they compute.
  public static var waiting: Self { Self() }
}

/// The threads on which tests wait.
private final class WaitingThreads: TaskExecutor, @unchecked Sendable {
  static let shared = WaitingThreads(count: 2)

  private let condition = NSCondition()
  /// Touched under the lock of `condition`.
  private var jobs: [UnownedJob] = []

  private init(count: Int) {
    for _ in 0..<count {
      let thread = Thread { [unowned self] in while true { next().runSynchronously(on: asUnownedTaskExecutor()) } }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    condition.lock()
    defer { condition.unlock() }
    jobs.append(UnownedJob(job))
    condition.signal()
  }

  private func next() -> UnownedJob {
    condition.lock()
    defer { condition.unlock() }
    while jobs.isEmpty { condition.wait() }
    return jobs.removeFirst()
  }
}
