import Output
import Scene
import TestData
import Testing

@Suite struct PictureLogTests {
  @Test func aPicturesObjectsAreWrittenAsAnEventsAre() throws {
    let rects: [(Double, Double, Double, Double)] = [(10.123, 8, 40, 30.5), (-5, -5, 70, 9), (70, 5, 90, 20)]
    var objects = rects.map { rect in
      SeenObject(
        label: "tall \"person\"", classID: 1, score: 0.934,
        rect: PixelRect(left: rect.0, top: rect.1, right: rect.2, bottom: rect.3))
    }
    objects[1].score = .nan
    let folder = try TemporaryFolder()
    var log = PictureLog(try LineOutput(path: folder.path("pictures")))
    try log.write("a \"b\".png", width: 64, height: 48, objects)
    try log.write("-", width: 1, height: 2, [])
    try log.finish()
    var events = EventLog(try LineOutput(path: folder.path("events")))
    try events.write(
      FrameReport(frame: 0, time: FrameTime(sinceFirst: .zero), width: 64, height: 48, objects: objects))
    try events.finish()

    let lines = try folder.text("pictures").split(separator: "\n")
    let event = try #require(try folder.text("events").split(separator: "\n").first)
    #expect(lines.count == 2 && lines[1] == #"{"image":"-","width":1,"height":2,"objects":[]}"#)
    let common = try #require(event.firstRange(of: "\"width\""))
    #expect(lines[0] == #"{"image":"a \"b\".png","# + event[common.lowerBound...])
    #expect(lines[0].contains(#""box":[10.12,8,29.88,22.5]"#) && lines[0].matches(of: #/"box"/#).count == 1)
  }
}
