import Glibc
import Posix
import Streaming
import TestData
import Testing

@Suite struct StatisticsTests {
  @Test(arguments: [Pipeline.Mode.pipelined, .stepwise])
  func everyStageCountsAndTimesItsTurns(mode: Pipeline.Mode) throws {
    let pipeline = Pipeline.from("one to ten", 0, overflow: .wait) { n -> Int? in
      n += 1
      return n <= 10 ? n : nil
    }
    .through("works", owning: (), depth: .ahead(2)) { (_: inout Void, n: consuming Int) in
      let end = monotonicNow() + .milliseconds(n == 10 ? 20 : 2)
      while monotonicNow() < end {}
      return n
    }
    .into("end", ()) { (_: inout Void, _: consuming Int) in .more }
    #expect(pipeline.statistics.map(\.name) == ["one to ten", "works", "end"])
    #expect(pipeline.statistics.allSatisfy { $0.count == 0 && $0.median == .zero })
    try pipeline.run(mode)
    let works = pipeline.statistics[1]
    #expect(pipeline.statistics.map(\.count) == [10, 10, 10])
    #expect(works.busy >= .milliseconds(38))
    #expect(works.longest >= .milliseconds(20))
    #expect(works.median >= .milliseconds(1.8) && works.median < works.percentile99)
    #expect(works.percentile99 <= works.longest)
  }

  /// Its times are those of its work, whatever is passed on between.
  @Test(arguments: [1, 2]) func whatAStageOnlyPassesOnIsCountedApart(lanes: Int) throws {
    let pipeline = Pipeline.from("one to ten", 0, overflow: .wait) { n -> Int? in
      n += 1
      return n <= 10 ? n : nil
    }
    .through("works", lanes: lanes, owning: {}, depth: .ahead(1), counting: { $0.isMultiple(of: 5) }) {
      (_: inout Void, n: consuming Int) in
      if n.isMultiple(of: 5) { usleep(2000) }
      return n
    }
    .into("end", ()) { (_: inout Void, _: consuming Int) in .more }
    try pipeline.run()
    let works = pipeline.statistics[1]
    #expect(works.count == 10 && works.workCount == 2)
    #expect(works.median >= .milliseconds(1.8) && works.busy >= .milliseconds(4))
    #expect(pipeline.statistics[2].workCount == 10)
  }

  /// Few elements, each measured: the sums are exact, but for what reading two clocks one after the other makes.
  @Test(arguments: [Pipeline.Mode.pipelined, .stepwise])
  func processorTimeIsThatOfTheStageThatUsedIt(mode: Pipeline.Mode) throws {
    let pipeline = Pipeline.from("ten that wait", 0, overflow: .wait) { n -> Int? in
      usleep(2000)
      n += 1
      return n <= 10 ? n : nil
    }
    .through("works", owning: (), depth: .ahead(2)) { (_: inout Void, n: consuming Int) in
      burn(.milliseconds(2))
      return n
    }
    .through("has helpers", owning: (), depth: .ahead(2), helpers: { .seconds(3) }) {
      (_: inout Void, n: consuming Int) in n
    }
    .into("end", ()) { (_: inout Void, _: consuming Int) in .more }
    try pipeline.run(mode)
    let stages = pipeline.statistics
    #expect(stages[0].processorTime < .milliseconds(10) && stages[0].processorTime < stages[0].busy / 2)
    #expect(stages[1].processorTime >= .milliseconds(19) && stages[1].processorTime <= stages[1].busy)
    #expect(stages[2].processorTime >= .seconds(3) && stages[2].processorTime < .seconds(3) + stages[2].busy * 1.001)
    #expect(stages[3].processorTime < .milliseconds(10))
  }

  /// Many short elements, of which a sample is measured, every seventh of them ten times as long.
  @Test func processorTimeOfShortElementsIsEstimated() throws {
    let exact = Record<Duration>()
    let pipeline = Pipeline.from("count", 0, overflow: .wait) { n -> Int? in
      n += 1
      return n <= 7000 ? n : nil
    }
    .into("works", ()) { (_: inout Void, n: consuming Int) in
      let start = Processor.threadTimeUsed
      burn(n.isMultiple(of: 7) ? .microseconds(200) : .microseconds(20))
      exact.note(Processor.threadTimeUsed - start)
      return .more
    }
    try pipeline.run(.stepwise)
    let ratio = pipeline.statistics[1].processorTime / exact.entries.reduce(.zero, +)
    #expect((0.6...1.6).contains(ratio), "\(ratio)")
  }

  @Test func statisticsCanBeReadWhileTheRunGoesOn() throws {
    let (first, read) = (Gate(), Gate())
    let pipeline = Pipeline.from("two", 0, overflow: .wait) { n -> Int? in
      if n == 1 {
        first.open()
        read.wait()
      }
      n += 1
      return n <= 2 ? n : nil
    }
    .into("end", ()) { (_: inout Void, _: consuming Int) in .more }
    let reader = Aside {
      first.wait()
      defer { read.open() }
      return pipeline.statistics[0].count
    }
    try pipeline.run()
    #expect(reader.result() == 1)
    #expect(pipeline.statistics[0].count == 2)
  }

  /// Durations of every magnitude, many of them equal or zero: whatever is asked, the answer is within one part in 128
  /// of the exact one, and what is counted does not grow.
  @Test(arguments: 1...20) func quantilesAreThoseOfTheSortedToOnePartIn128(seed: UInt64) {
    var numbers = SeededGenerator(seed: seed)
    func random(below bound: UInt64) -> UInt64 { UInt64.random(in: 0..<bound, using: &numbers) }
    var histogram = Histogram()
    var times: [Int64] = []
    for _ in 0..<Int(1 + random(below: 3000)) {
      let time = Int64((random(below: 1 << 31) << random(below: 31)) >> random(below: 62))
      for _ in 0...random(below: 3) {
        times.append(time)
        histogram.add(.nanoseconds(time))
      }
    }
    times.sort()
    for share in [0, 0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1] {
      let exact = Double(times[max(Int((share * Double(times.count)).rounded(.up)) - 1, 0)])
      let found = histogram.quantile(share) / .nanoseconds(1)
      #expect(abs(found - exact) <= exact / 128, "\(share) of \(times.count)")
    }
    #expect(histogram.count == times.count)
    #expect(histogram.longest == .nanoseconds(times.last ?? 0))
  }

  @Test func noDurationIsTooLongForAHistogram() {
    var histogram = Histogram()
    for time in [Duration.zero, .seconds(-1), .seconds(Int64.max), .nanoseconds(Int64.max), .seconds(1 << 40)] {
      histogram.add(time)
    }
    #expect(histogram.count == 5)
    #expect(histogram.longest == .seconds(Int64.max))
    #expect(histogram.quantile(0.2) == .zero)
  }
}

/// Uses up processor time.
private func burn(_ time: Duration) {
  let end = Processor.threadTimeUsed + time
  while Processor.threadTimeUsed < end {}
}
