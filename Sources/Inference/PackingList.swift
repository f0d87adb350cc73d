internal import Kernels
internal import Posix

/// Weights that wait to be packed, which they are at once, on several cores: packing is a third of the time in which a
/// network is made ready, and layers do not depend on each other.
final class PackingList: Sendable {
  private let waiting = Guarded<[@Sendable () -> Void]>([])

  /// Cores beyond which more of them wait for memory only.
  private static let mostThreads = 4
  /// Chunks of a job, at most.
  private static let mostChunks = 4096

  /// Adds the packing of a layer, which is done when `packAll` returns.
  func append(_ packing: @escaping @Sendable () -> Void) { waiting.withLock { $0.append(packing) } }

  /// Packs what waits.
  func packAll() {
    let packings = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    let team = Team(size: min(packings.count, Processor.coreCount, Self.mostThreads))
    let chunks = min(packings.count, Self.mostChunks)
    team.run(chunks) { chunk, _ in
      for index in stride(from: chunk, to: packings.count, by: chunks) { packings[index]() }
    }
  }
}
