import Glibc
import Posix
import Streaming
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

  @Test func quantilesAreExactToOnePartIn16() {
    var histogram = Histogram()
    let times = (0..<1000).map { Duration.nanoseconds(Int64(pow(1.02, Double($0)))) }
    for time in times.shuffled() { histogram.add(time) }
    for share in [0.01, 0.25, 0.5, 0.9, 0.99, 1] {
      let exact = times[Int((share * 1000).rounded(.up)) - 1] / .nanoseconds(1)
      #expect(abs(histogram.quantile(share) / .nanoseconds(1) - exact) <= exact / 16 + 0.5)
    }
    #expect(histogram.count == 1000)
    #expect(histogram.longest == times[999])
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
