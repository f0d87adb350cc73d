import Posix
import Streaming
import Testing

/// A stage of several lanes must look like one of a single lane to all but the clock.
@Suite struct LanesTests {
  private let alive = Counter()
  private let seen = Record<Int>()

  @Test(arguments: [0, 1, 2, 3, 1000], 1...4)
  func everyElementArrivesInOrder(count: Int, lanes: Int) throws {
    try list(
      numbers(upTo: count).through("odd work", lanes: lanes, owning: { Token(0, alive) }, depth: .ahead(1)) {
        (_: inout Token, t: consuming Token) in
        // Some elements take long, so that later ones overtake them in the lanes beside.
        if t.n % 7 == 0 { pause() }
        return t
      }
    ).run()
    #expect(seen.entries == Array(1..<count + 1))
    #expect(alive.value == 0)
  }

  @Test func elementsAreWorkedOnAtTheSameTime() throws {
    let (first, second) = (Gate(), Gate())
    try list(
      numbers(upTo: 2).through("meet", lanes: 2, owning: {}, depth: .ahead(1)) {
        (_: inout Void, t: consuming Token) in
        // Each waits for the other: one lane alone would never end.
        (t.n == 1 ? first : second).open()
        (t.n == 1 ? second : first).wait()
        return t
      }
    ).run()
    #expect(seen.entries == [1, 2])
  }

  @Test func aLaneThatIsHeldUpLetsTheOthersGoOn() throws {
    let thirdIsHere = Gate()
    try list(
      numbers(upTo: 10).through("one is slow", lanes: 2, owning: {}, depth: .ahead(1)) {
        (_: inout Void, t: consuming Token) in
        if t.n == 1 { thirdIsHere.wait() }
        if t.n == 3 { thirdIsHere.open() }
        return t
      }
    ).run()
    #expect(seen.entries == Array(1...10))
  }

  @Test(arguments: [Pipeline.Mode.pipelined, .stepwise])
  func ofTwoFailuresTheOneAtTheEarlierElementCounts(mode: Pipeline.Mode) {
    let laterFailed = Gate()
    let pipeline = list(
      numbers(upTo: 1000).through("fails", lanes: 3, owning: { Token(0, alive) }, depth: .ahead(2)) {
        (_: inout Token, t: consuming Token) in
        if t.n == 51 {
          laterFailed.open()
          throw Broken(at: 51)
        }
        if t.n == 50 {
          if mode == .pipelined { laterFailed.wait() }
          throw Broken(at: 50)
        }
        return t
      })
    #expect(throws: Broken(at: 50)) { try pipeline.run(mode) }
    #expect(seen.entries == Array(1..<50))
    #expect(alive.value == 0)
  }

  @Test func aFailureBehindTheLanesEndsThem() {
    let pipeline = numbers(upTo: 1000)
      .through("lanes", lanes: 2, owning: {}, depth: .ahead(1)) { (_: inout Void, t: consuming Token) in t }
      .into("list", seen) { (seen: inout Record<Int>, t: consuming Token) in
        if t.n == 20 { throw Broken(at: 20) }
        seen.note(t.n)
        return .more
      }
    #expect(throws: Broken(at: 20)) { try pipeline.run() }
    #expect(seen.entries == Array(1..<20))
    #expect(alive.value == 0)
  }

  @Test func aFailureBeforeTheLanesLetsThroughWhatCameBeforeIt() {
    let pipeline = list(
      numbers(upTo: 1000).through("fails", owning: (), depth: .ahead(5)) { (_: inout Void, t: consuming Token) in
        if t.n == 20 { throw Broken(at: 20) }
        return t
      }
      .through("lanes", lanes: 3, owning: {}, depth: .ahead(1)) { (_: inout Void, t: consuming Token) in t })
    #expect(throws: Broken(at: 20)) { try pipeline.run() }
    #expect(seen.entries == Array(1..<20))
    #expect(alive.value == 0)
  }

  @Test func aSinkThatHasEnoughEndsThem() throws {
    try numbers(upTo: .max)
      .through("lanes", lanes: 3, owning: {}, depth: .ahead(2)) { (_: inout Void, t: consuming Token) in t }
      .into("list", seen) { (seen: inout Record<Int>, t: consuming Token) in
        seen.note(t.n)
        return t.n == 20 ? .enough : .more
      }
      .run()
    #expect(seen.entries == Array(1...20))
    #expect(alive.value == 0)
  }

  /// A drain gives all that is under way, a stop what came before what it drops.
  @Test(arguments: [false, true], 0..<20) func anEndInTheMidstLeavesNoHole(drops: Bool, round: Int) throws {
    let begun = Gate()
    let (seen, given) = (seen, Counter())
    let pipeline = Pipeline.from("endless", 0, depth: 5, overflow: .wait) { [alive] n -> Token? in
      n += 1
      given.add(1)
      return Token(n, alive)
    }
    .through("lanes", lanes: 3, owning: {}, depth: .ahead(5)) { (_: inout Void, t: consuming Token) in
      if t.n % 7 == 0 { pause() }
      return t
    }
    .into("list", seen) { (seen: inout Record<Int>, t: consuming Token) in
      seen.note(t.n)
      if t.n == 10 + round { begun.open() }
      return .more
    }
    let ender = Aside {
      begun.wait()
      if drops { pipeline.stop() } else { pipeline.drain() }
    }
    try pipeline.run()
    _ = ender.result()
    #expect(seen.entries == Array(1...seen.entries.count))
    if !drops { #expect(seen.entries.count == given.value) }
    #expect(alive.value == 0)
  }

  @Test func allLanesAreCountedAsOneStage() throws {
    let pipeline = list(
      numbers(upTo: 30).through("lanes", lanes: 3, owning: {}, depth: .ahead(1)) {
        (_: inout Void, t: consuming Token) in t
      })
    try pipeline.run()
    #expect(pipeline.statistics.map(\.name) == ["numbers", "lanes", "list"])
    #expect(pipeline.statistics.map(\.count) == [30, 30, 30])
    #expect(alive.value == 0)
  }

  @Test func aStateThatCannotBeMadeFailsBeforeTheRun() {
    #expect(throws: Broken(at: 0)) {
      _ = try list(
        numbers(upTo: 3).through(
          "lanes", lanes: 2, owning: { () throws(Broken) in throw Broken(at: 0) }, depth: .ahead(1)
        ) {
          (_: inout Void, t: consuming Token) in t
        })
    }
    #expect(alive.value == 0)
  }

  private func numbers(upTo count: Int) -> Flow<Token> {
    Pipeline.from("numbers", 0, overflow: .wait) { [alive] n in
      guard n < count else { return nil }
      n += 1
      return Token(n, alive)
    }
  }

  private func list(_ flow: consuming Flow<Token>) -> Pipeline {
    flow.into("list", seen) { (seen: inout Record<Int>, t: consuming Token) in
      seen.note(t.n)
      return .more
    }
  }
}

/// Lets other threads run.
private func pause() {
  let end = monotonicNow() + .microseconds(200)
  while monotonicNow() < end {}
}
