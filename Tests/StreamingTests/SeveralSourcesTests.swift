import Posix
import Streaming
import Testing

/// Several sources that share the stages behind them.
@Suite struct SeveralSourcesTests {
  private let alive = Counter()
  private let seen = Record<Int>()

  @Test(arguments: [Pipeline.Mode.pipelined, .stepwise])
  func allElementsOfAllSourcesComeEachInItsOrder(mode: Pipeline.Mode) throws {
    let pipeline = list(Pipeline.from([numbers(from: 100, 50), numbers(from: 200, 3), numbers(from: 300, 20)]))
    try pipeline.run(mode)
    for (hundred, count) in [(1, 50), (2, 3), (3, 20)] {
      #expect(seen.entries.filter { $0 / 100 == hundred } == (1...count).map { hundred * 100 + $0 })
    }
    #expect(pipeline.statistics.map(\.count) == [50, 3, 20, 73])
    #expect(alive.value == 0)
  }

  @Test func stepwiseTheyAreAskedInTurn() throws {
    try list(Pipeline.from([numbers(from: 100, 3), numbers(from: 200, 1)])).run(.stepwise)
    #expect(seen.entries == [101, 201, 102, 103])
  }

  /// A source that always has something does not starve one that has something now and then.
  @Test func aFastSourceLeavesASlowOneItsTurn() throws {
    let pipeline = list(
      Pipeline.from([
        Inlet("fast", 0, overflow: .dropOldest) { [alive] n -> Token? in
          n += 1
          return n > 1_000_000 ? nil : Token(100, alive)
        },
        numbers(from: 200, 20),
      ]), until: 220)
    try pipeline.run()
    #expect(seen.entries.filter { $0 > 200 } == Array(201...220))
  }

  @Test(arguments: [Pipeline.Mode.pipelined, .stepwise])
  func oneThatFailsLeavesTheOthersAlone(mode: Pipeline.Mode) throws {
    let pipeline = list(Pipeline.from([numbers(from: 100, 30), numbers(from: 200, 9, breaksAfter: 2)]))
    #expect(throws: Broken(at: 2)) { try pipeline.run(mode) }
    #expect(seen.entries.filter { $0 < 200 } == Array(101...130))
    #expect(seen.entries.filter { $0 > 200 } == [201, 202])
    #expect(alive.value == 0)
  }

  @Test func drainInterruptsEach() throws {
    let (interrupted, asked) = (Counter(), Gate())
    let inlets = (1...3).map { number in
      let gate = Gate()
      return Inlet<Token>(
        "blocking \(number)", (), overflow: .dropOldest,
        interrupt: {
          interrupted.add(1)
          gate.open()
        }
      ) { (_: inout Void) -> Token? in
        asked.open()
        gate.wait()
        return nil
      }
    }
    let pipeline = list(Pipeline.from(inlets))
    let drainer = Aside {
      asked.wait()
      pipeline.drain()
    }
    try pipeline.run()
    _ = drainer.result()
    #expect(interrupted.value == 3)
  }

  /// A source of `base` + 1 … `base` + `count`, or one that fails after some.
  private func numbers(from base: Int, _ count: Int, breaksAfter: Int? = nil) -> Inlet<Token> {
    Inlet("from \(base)", 0, overflow: .wait) { [alive] n -> Token? in
      if n == breaksAfter { throw Broken(at: n) }
      if n == count { return nil }
      n += 1
      return Token(base + n, alive)
    }
  }

  /// Ends `flow` in a sink that notes what it gets, and has enough at `last`.
  private func list(_ flow: consuming Flow<Token>, until last: Int? = nil) -> Pipeline {
    flow.into("list", seen) { (seen: inout Record<Int>, t: consuming Token) in
      seen.note(t.n)
      return t.n == last ? .enough : .more
    }
  }
}
