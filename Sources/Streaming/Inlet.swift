internal import Posix

/// Where a pipeline's elements come from: a source with what the pipeline asks of it.
public struct Inlet<Element: ~Copyable & Sendable>: Sendable {
  let name: String
  let overflow: Overflow
  let interrupt: @Sendable () -> Void
  /// Makes one more element; nil at the end.
  let next: @Sendable () throws -> Element?
  /// Gives the source away.
  let finish: @Sendable () throws -> Void

  /// A source that is asked by `next` for one more element whenever there is room, until it answers nil.
  ///
  /// - Parameters:
  ///   - name: of its stage in statistics.
  ///   - overflow: what becomes of elements that nobody has taken when a new one comes.
  ///   - interrupt: makes a `next` that blocks return soon; it may be called from any thread, more than once, and before
  ///     the run; a source that never blocks for long needs none.
  ///   - finish: is given the source once, after its last element, also after a failure.
  public init<Source: ~Copyable>(
    _ name: String, _ source: consuming sending Source, overflow: Overflow,
    interrupt: @escaping @Sendable () -> Void = {},
    _ next: @escaping @Sendable (inout Source) throws -> Element?,
    finish: @escaping @Sendable (consuming Source) throws -> Void = { _ in }
  ) {
    let owned = Owned(source)
    (self.name, self.overflow, self.interrupt) = (name, overflow, interrupt)
    self.next = { try owned.use(next) }
    self.finish = { try owned.giveAway(to: finish) }
  }

  /// Returns the stage that asks this source and puts what it gives into `output`.
  func part(into output: Channel<Element>, ending: Ending) -> (part: Part, pull: @Sendable () throws -> Element?) {
    let tally = Tally()
    let step: @Sendable () throws -> Element? = { [next] in
      if ending.isRequested { return nil }
      let lap = tally.begin()
      guard let element = try next() else { return nil }
      tally.end(lap)
      return element
    }
    let turn: @Sendable () -> Void = {
      do {
        while output.hasRoom {
          guard let element = try step() else { return output.close() }
          output.put(element)
        }
      } catch {
        ending.end(at: 0, error)
        output.close()
      }
    }
    let part = Part(
      name: name, tally: tally, dropCount: { output.dropCount }, helpers: { .zero }, workerCount: 1,
      start: { [name] in
        let worker = Worker(name, turn: turn)
        output.setProducer(worker)
        return [worker]
      }, finish: finish)
    return (part, step)
  }
}

/// Several sources asked in turn in one thread, for a stepwise run: one that ends or fails leaves the others alone.
final class Rounds<Element: ~Copyable & Sendable>: Sendable {
  private let pulls: [@Sendable () throws -> Element?]
  private let ending: Ending
  /// Those that have not ended, and which of them is asked next.
  private let state: Guarded<(open: [Int], turn: Int)>

  init(_ pulls: [@Sendable () throws -> Element?], ending: Ending) {
    (self.pulls, self.ending) = (pulls, ending)
    state = Guarded((Array(pulls.indices), 0))
  }

  /// Returns the next element; nil when all have ended.
  func pull() -> Element? {
    while let index = state.withLock({ $0.open.isEmpty ? nil : $0.open[$0.turn % $0.open.count] }) {
      do {
        if let element = try pulls[index]() {
          state.withLock { $0.turn = ($0.turn + 1) % $0.open.count }
          return element
        }
      } catch { ending.end(at: 0, error) }
      state.withLock { $0.open.removeAll { $0 == index } }
    }
    return nil
  }
}
