import Foundation
import JSON
import Output
import Posix
import Scene
import TestData
import Testing

@Suite struct EventLogTests {
  @Test func aLineOfAFileIsAsSpecified() throws {
    let person = SeenObject(
      id: 3, label: "person", classID: 1, score: 0.934,
      rect: PixelRect(left: 413.2, top: 160.1, right: 465.2, bottom: 281.8))
    let report = FrameReport(
      frame: 12, time: FrameTime(sinceFirst: .milliseconds(1200)), width: 768, height: 576, objects: [person])
    #expect(
      try line(report)
        == #"{"frame":12,"time":1.2,"width":768,"height":576,"objects":[{"id":3,"label":"person","class":1,"#
        + #""score":0.934,"box":[413.2,160.1,52,121.7]}]}"# + "\n")
  }

  @Test func aLineOfALiveSourceIsAsSpecified() throws {
    let time = FrameTime(
      sinceFirst: .microseconds(30_233_000),
      captured: CaptureTime(monotonic: .seconds(100), sinceEpoch: .microseconds(1_795_542_701_123_456)))
    let report = FrameReport(frame: 907, time: time, dropped: 2, lost: 1, width: 640, height: 480, objects: [])
    #expect(
      try line(report, now: .milliseconds(100_041))
        == #"{"frame":907,"time":30.233,"captured":"2026-11-24T17:51:41.123456Z","age":0.041,"dropped":2,"lost":1,"#
        + #""width":640,"height":480,"objects":[]}"# + "\n")
  }

  @Test func aLineOfSeveralRunsNamesItsOwn() throws {
    let run = Duration.microseconds(1_795_542_701_123_456)
    let line = try line(report(time: FrameTime(sinceFirst: .zero)), of: run)
    #expect(line.hasPrefix(#"{"frame":0,"run":"2026-11-24T17:51:41.123456Z","time":0,"#))
  }

  @Test func aFrameThatNobodyLookedAtSaysSo() throws {
    let person = SeenObject(
      id: 3, label: "person", classID: 1, score: 0.5, rect: PixelRect(left: 1, top: 2, right: 3, bottom: 5),
      isPredicted: true)
    let report = FrameReport(
      frame: 13, time: FrameTime(sinceFirst: .seconds(1)), isDetected: false, width: 64, height: 48, objects: [person])
    #expect(
      try line(report)
        == #"{"frame":13,"time":1,"detected":false,"width":64,"height":48,"objects":[{"id":3,"label":"person","#
        + #""class":1,"score":0.5,"box":[1,2,2,3],"predicted":true}]}"# + "\n")
  }

  @Test func withoutTrackingThereIsNoID() throws {
    let car = SeenObject(
      label: "7\"", classID: 7, score: 1, rect: PixelRect(left: 0, top: 0, right: 10, bottom: 10))
    #expect(try objects([car]) == #"[{"label":"7\"","class":7,"score":1,"box":[0,0,10,10]}]"#)
  }

  @Test(arguments: [
    (Duration.microseconds(1), "0.000001"), (.nanoseconds(1_500_000_400), "1.5"), (.seconds(86400), "86400"),
    (.seconds(1) / 3, "0.333333"), (.zero, "0"),
  ])
  func timesHaveSixDecimalsAtMost(time: Duration, text: String) throws {
    #expect(try line(report(time: FrameTime(sinceFirst: time))).contains(#""time":\#(text),"#))
  }

  @Test(arguments: [(-5.0, "0"), (0.0004, "0"), (0.0006, "0.001"), (61.2344, "61.234")])
  func agesHaveThreeDecimalsAndAreNeverNegative(age: Double, text: String) throws {
    let time = FrameTime(sinceFirst: .zero, captured: CaptureTime(monotonic: .seconds(50), sinceEpoch: .zero))
    #expect(try line(report(time: time), now: .seconds(50) + .seconds(age)).contains(#""age":\#(text),"#))
  }

  @Test(arguments: [
    (Duration.zero, "1970-01-01T00:00:00.000000Z"), (.seconds(951_782_399), "2000-02-28T23:59:59.000000Z"),
    (.seconds(951_782_400), "2000-02-29T00:00:00.000000Z"), (.seconds(951_868_800), "2000-03-01T00:00:00.000000Z"),
    (.seconds(1_767_225_599) + .nanoseconds(999_999_999), "2025-12-31T23:59:59.999999Z"),
    (.seconds(4_107_542_400), "2100-03-01T00:00:00.000000Z"), (.seconds(-1), "1970-01-01T00:00:00.000000Z"),
    (.seconds(Int64.max), "9999-12-31T23:59:59.000000Z"),
  ])
  func captureTimesAreRFC3339(sinceEpoch: Duration, text: String) throws {
    let time = FrameTime(sinceFirst: .zero, captured: CaptureTime(monotonic: .zero, sinceEpoch: sinceEpoch))
    #expect(try line(report(time: time)).contains(#""captured":"\#(text)","#))
  }

  /// The system's calendar agrees on every day of 500 years.
  @Test func captureTimesFollowTheCalendar() throws {
    var expected = ""
    let folder = try TemporaryFolder()
    var log = EventLog(try LineOutput(path: folder.path("log")), now: { .zero })
    let day = Date.ISO8601FormatStyle().year().month().day()
    for number in stride(from: 0, to: 182_622, by: 17) {
      expected += Date(timeIntervalSince1970: Double(number) * 86400).formatted(day) + "\n"
      let captured = CaptureTime(monotonic: .zero, sinceEpoch: .seconds(number * 86400))
      try log.write(report(time: FrameTime(sinceFirst: .zero, captured: captured)))
    }
    try log.finish()
    let dates = try folder.text("log").split(separator: "\n").map { line in
      try #require(try JSONValue(parsing: String(line))["captured"]?.string).prefix(10) + "\n"
    }
    #expect(dates.joined() == expected)
  }

  @Test(arguments: [
    // Clipped to the picture of 100 × 50.
    (PixelRect(left: -10, top: -0.004, right: 110, bottom: 60), "[0,0,100,50]"),
    (PixelRect(left: -.infinity, top: 1, right: .infinity, bottom: 2), "[0,1,100,1]"),
    // Rounded by the corners: 0.125 and 0.375 are ties, and the width is that of the rounded corners.
    (PixelRect(left: 0.125, top: 0.375, right: 10.004, bottom: 10.006), "[0.12,0.38,9.88,9.63]"),
    (PixelRect(left: 33.333, top: 49.99, right: 99.999, bottom: 50), "[33.33,49.99,66.67,0.01]"),
  ])
  func boxesAreClippedAndRoundedByTheirCorners(rect: PixelRect, text: String) throws {
    let object = SeenObject(label: "a", classID: 1, score: 0.12345, rect: rect)
    #expect(try objects([object]) == #"[{"label":"a","class":1,"score":0.1235,"box":\#(text)}]"#)
  }

  @Test(arguments: [
    PixelRect(left: 10, top: 10, right: 10.001, bottom: 20), PixelRect(left: 101, top: 0, right: 120, bottom: 20),
    PixelRect(left: 10, top: 10, right: 5, bottom: 20), PixelRect(left: .nan, top: 0, right: 5, bottom: 20),
    PixelRect(left: 0, top: 0, right: 5, bottom: .nan), PixelRect(left: -9, top: 0, right: -5, bottom: 9),
  ])
  func boxesWithoutAreaAreLeftOut(rect: PixelRect) throws {
    #expect(try objects([SeenObject(label: "a", classID: 1, score: 0.5, rect: rect)]) == "[]")
  }

  @Test func aScoreThatIsNoNumberIsLeftOut() throws {
    let rect = PixelRect(left: 0, top: 0, right: 1, bottom: 1)
    #expect(try objects([SeenObject(label: "a", classID: 1, score: .nan, rect: rect)]) == "[]")
  }

  @Test func randomBoxesStayInsideThePicture() throws {
    let seen = (0..<2000).map { _ in
      let (x, y) = (Double.random(in: -20...120), Double.random(in: -20...70))
      let rect = PixelRect(left: x, top: y, right: x + .random(in: 0...150), bottom: y + .random(in: 0...80))
      return SeenObject(label: "a", classID: 1, score: 0.5, rect: rect)
    }
    let boxes = try #require(JSONValue(parsing: objects(seen)).array).compactMap {
      $0["box"]?.array?.compactMap(\.double)
    }
    #expect(boxes.count > 1000)
    for box in boxes {
      #expect(box[0] >= 0 && box[1] >= 0 && box[2] > 0 && box[3] > 0)
      #expect(box[0] + box[2] < 100.000001 && box[1] + box[3] < 50.000001)
    }
  }

  /// The published schema names exactly the keys that lines have.
  @Test func theSchemaKnowsEveryKey() throws {
    let file = TestData.checkout.appending(path: "docs/event-log.schema.json")
    let schema = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
    let rect = PixelRect(left: 0, top: 0, right: 1, bottom: 1)
    let all = FrameReport(
      frame: 1, source: "door",
      time: FrameTime(sinceFirst: .zero, captured: CaptureTime(monotonic: .zero, sinceEpoch: .zero)),
      dropped: 1, lost: 1, image: "a.png", isDetected: false, width: 100, height: 50,
      objects: [SeenObject(id: 1, label: "a", classID: 1, score: 0.5, rect: rect, isPredicted: true)])
    let line = try JSONValue(parsing: try line(all, of: .zero))
    let properties = try #require(schema["properties"])
    #expect(Set(try #require(properties.object).keys) == Set(try #require(line.object).keys))
    let seen = try #require(line["objects"]?[0]?.object)
    #expect(Set(try #require(properties["objects"]?["items"]?["properties"]?.object).keys) == Set(seen.keys))
    let least = try JSONValue(parsing: try self.line(report(time: FrameTime(sinceFirst: .zero))))
    let required = try #require(schema["required"]?.array).compactMap(\.string)
    #expect(Set(required) == Set(try #require(least.object).keys))
  }

  /// The line that a log of `run` writes for `report`.
  private func line(_ report: FrameReport, of run: Duration? = nil, now: Duration = .zero) throws -> String {
    let folder = try TemporaryFolder()
    var log = EventLog(try LineOutput(path: folder.path("log")), run: run, now: { now })
    try log.write(report)
    try log.finish()
    return try folder.text("log")
  }

  /// The list that a line gives for `objects` in a picture of 100 × 50.
  private func objects(_ objects: [SeenObject]) throws -> String {
    var report = report(time: FrameTime(sinceFirst: .zero))
    report.objects = objects
    let text = try line(report)
    let start = try #require(text.range(of: #""objects":"#)).upperBound
    return String(text[start...].dropLast(2))
  }

  private func report(time: FrameTime) -> FrameReport {
    FrameReport(frame: 0, time: time, width: 100, height: 50, objects: [])
  }
}
