import Posix
import Streaming
import Testing

/// Sources that do not wait: which elements are dropped, and how the run ends.
@Suite struct LiveTests {
  private let alive = Counter()
  private let seen = Record<Int>()

  @Test func theNewestIsKeptAndEveryDropIsCounted() throws {
    let (entered, full) = (Gate(), Gate())
    let pipeline = list(
      live(upTo: 10, entered, full).through("slow", owning: (), depth: .ahead(1)) {
        (_: inout Void, t: consuming Token) in
        if t.n == 1 {
          entered.open()
          full.wait()
        }
        return t
      })
    try pipeline.run()
    #expect(seen.entries == [1, 10])
    #expect(pipeline.statistics.map(\.count) == [10, 2, 2])
    #expect(pipeline.statistics.map(\.dropCount) == [8, 0, 0])
    #expect(alive.value == 0)
  }

  /// On demand, nothing is prepared while the detector is busy: it gets what is newest when it is ready.
  @Test func onDemandNothingGrowsOldPrepared() throws {
    let (entered, full) = (Gate(), Gate())
    let prepared = Record<Int>()
    try list(
      live(upTo: 10, entered, full)
        .through("prepare", owning: (), depth: .onDemand) { (_: inout Void, t: consuming Token) in
          prepared.note(t.n)
          return t
        }
        .through("detect", owning: (), depth: .ahead(1)) { (_: inout Void, t: consuming Token) in
          if t.n == 1 {
            entered.open()
            full.wait()
          }
          return t
        }
    ).run()
    #expect(prepared.entries == [1, 10])
    #expect(seen.entries == [1, 10])
  }

  @Test(arguments: [Pipeline.Mode.pipelined, .stepwise])
  func drainLetsThroughWhatIsUnderWay(mode: Pipeline.Mode) throws {
    let (interrupted, blocked) = (Gate(), Gate())
    let pipeline = list(
      Pipeline.from("blocking", 0, overflow: .dropOldest, interrupt: interrupted.open) { [alive] n -> Token? in
        if n == 1 {
          blocked.open()
          interrupted.wait()
          return nil
        }
        n += 1
        return Token(n, alive)
      }
      .through("holds", owning: (), depth: .onDemand) { (_: inout Void, t: consuming Token) in
        // In a pipelined run the source goes on meanwhile: the element is under way when the drain begins.
        if mode == .pipelined { interrupted.wait() }
        return t
      })
    let drainer = Aside {
      blocked.wait()
      pipeline.drain()
    }
    try pipeline.run(mode)
    _ = drainer.result()
    #expect(seen.entries == [1])
    #expect(alive.value == 0)
  }

  @Test func drainEndsASourceThatDoesNotListen() throws {
    let pipeline = list(
      Pipeline.from("endless", 0, overflow: .wait) { [alive] n -> Token? in
        n += 1
        return Token(n, alive)
      })
    pipeline.drain()
    try pipeline.run()
    #expect(seen.entries.isEmpty)
  }

  @Test func stopDropsWhatWaitsAndStillFinishes() throws {
    let (interrupted, entered, finished) = (Gate(), Gate(), Counter())
    let pipeline = Pipeline.from("five", 0, depth: 5, overflow: .wait, interrupt: interrupted.open) {
      [alive] n -> Token? in
      if n == 5 {
        interrupted.wait()
        return nil
      }
      n += 1
      return Token(n, alive)
    }
    .into("list", seen) { (seen: inout Record<Int>, t: consuming Token) in
      seen.note(t.n)
      entered.open()
      interrupted.wait()
      return .more
    } finish: { _ in
      finished.add(1)
    }
    let stopper = Aside {
      entered.wait()
      pipeline.stop()
    }
    try pipeline.run()
    _ = stopper.result()
    // The stop lets the sink go on before it drops the rest: how much of it the sink still gets is open.
    #expect(seen.entries == Array(1...seen.entries.count))
    #expect(finished.value == 1)
    #expect(alive.value == 0)
  }

  /// A source that has the numbers 1 to `count` at once as soon as the first is taken (`entered`), and opens `full` when
  /// the last waits.
  private func live(upTo count: Int, _ entered: Gate, _ full: Gate) -> Flow<Token> {
    Pipeline.from("live", 0, overflow: .dropOldest) { [alive] n -> Token? in
      if n == 1 { entered.wait() }
      if n == count {
        full.open()
        return nil
      }
      n += 1
      return Token(n, alive)
    }
  }

  /// Ends `flow` in a sink that notes what it gets.
  private func list(_ flow: consuming Flow<Token>) -> Pipeline {
    flow.into("list", seen) { (seen: inout Record<Int>, t: consuming Token) in
      seen.note(t.n)
      return .more
    }
  }
}
