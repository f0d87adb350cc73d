import Arguments
import Foundation
import StreamApp
import TestData
import Testing

/// What a command line makes of its sources.
@Suite struct SourceListTests {
  /// Returns the settings of a run with `words`.
  private func settings(_ words: String...) throws -> Settings { try settings(words) }

  private func settings(_ words: [String]) throws -> Settings {
    guard case .run(let values) = try Options.program.parse(words) else { throw UsageError.rule("no run") }
    return try Settings(values)
  }

  /// Returns what is wrong with `words`.
  private func complaint(_ words: String...) -> String {
    do {
      guard case .run(let values) = try Options.program.parse(words) else { return "no run" }
      _ = try Settings(values)
      return ""
    } catch { return "\(error)" }
  }

  @Test func silenceIsWaitedForLongerThanTheDeadlinesOfTheSlowest() throws {
    func patience(_ words: String...) throws -> Duration {
      try settings(["--input", "http://h/x"] + words).sources.patience
    }
    #expect(try patience() == .seconds(60))
    #expect(try patience("--stream-timeout", "30") == .seconds(150))
    #expect(try settings(["--camera", "/dev/video0"]).sources.patience == .seconds(60))
  }

  @Test func camerasComeBeforeInputsEachAsGiven() throws {
    let list = try settings(
      "--input", "b.mp4", "--camera", "/dev/video2", "--input", "/x/a.b.mkv", "--camera", "/dev/v4l/by-id/usb-Cam_1"
    ).sources
    #expect(list.sources.map(\.name) == ["video2", "usb-Cam_1", "b", "a.b"])
    #expect(list.areTold)
  }

  @Test func oneSourceIsNotToldUnlessItHasAName() throws {
    #expect(try !settings("--input", "a.mp4").sources.areTold)
    let named = try settings("--input", "a.mp4", "--names", "door").sources
    #expect(named.areTold && named.sources.map(\.name) == ["door"])
  }

  @Test(arguments: [
    ("rtsp://admin:secret@10.0.0.7:554/live/ch1?token=secret", "10.0.0.7-554-live-ch1"),
    ("rtsp://me:hun/ter2@host:9/live", "host-9-live"), ("rtsp://me:hun?ter2@host/live", "host-live"),
    ("rtsp://us%40er:a@b@host/x", "host-x"), ("http://cam.local/", "cam.local"), ("-", "stdin"),
    ("testpattern:64x48@30", "testpattern"), ("/data/my clip (1).mp4", "my-clip-1"), ("/data/.hidden", "hidden"),
    ("..", "source"), ("frame_%04d.png", "frame_-04d"), ("///", "source"),
  ]) func usualNamesAreSafeForFilesAndTellNoSecret(path: String, name: String) throws {
    #expect(try settings("--input", path).sources.sources[0].name == name)
  }

  /// A URL with its password can be in a file that others cannot read.
  @Test func aFileMayHoldTheInput() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("url")
    for text in ["rtsp://me:secret@door/live", "\n rtsp://me:secret@door/live \r\n"] {
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(try settings("--input", "@\(path)", "--rtsp-transport", "udp").sources.sources[0].name == "door-live")
      #expect(try InputFile.resolved("@\(path)") == "rtsp://me:secret@door/live")
    }
    for (text, reason) in [
      ("", "holds nothing"), ("rtsp://secret\nrtsp://secret", "holds more than one line"),
      ("rtsp://secret\0", "holds more than one line"), (String(repeating: "secret", count: 20_000), "is no text"),
    ] {
      try Data(text.utf8).write(to: URL(filePath: path))
      let said = complaint("--input", "@\(path)")
      #expect(said.contains("--input @\(path): \(reason)") && !said.contains("secret"), "\(said)")
    }
    #expect(complaint("--input", "@\(path).no").contains("url.no: no such file or directory"))
    #expect(complaint("--input", "@\(folder.url.path)").contains("is a directory"))
  }

  @Test func equalNamesAreNumbered() {
    #expect(SourceList.distinct(["a", "b", "a", "a-2", "a"]) == ["a", "b", "a-2", "a-2-2", "a-3"])
  }

  /// A camera has one reader; of two the second would call the first another program.
  @Test func aCameraIsGivenOnce() throws {
    #expect(complaint("--camera", "/dev/nosuch", "--camera", "/dev/nosuch").contains("/dev/nosuch is given twice"))
    let folder = try TemporaryFolder()
    let link = folder.path("door")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
    let said = complaint("--camera", "/dev/null", "--camera", "/dev/nosuch", "--camera", link)
    #expect(said.contains("--camera: \(link) is given twice, also as /dev/null"), "\(said)")
    #expect(try settings("--camera", "/dev/nosuch1", "--camera", "/dev/nosuch2").sources.sources.count == 2)
  }

  @Test func namesMustFitTheSources() {
    #expect(complaint("--input", "a", "--input", "b", "--names", "x").contains("1 given for 2 sources"))
    #expect(complaint("--input", "a", "--input", "b", "--names", "x,x").contains("'x' is given twice"))
    for bad in ["x/y", "..", "a\tb", " ", "a\u{2028}b"] {
      #expect(complaint("--input", "a", "--names", bad).contains("cannot be part of a file's name"), "\(bad)")
    }
  }

  @Test func severalSourcesNeedAVideoEach() throws {
    #expect(complaint("--input", "a", "--input", "b", "--video", "o.mp4").contains("write %s for their names"))
    let several = try settings("--input", "a", "--input", "b", "--video", "o-%s.mp4", "--events", "e.jsonl")
    #expect(several.video?.path(of: "a") == "o-a.mp4")
    #expect(!several.events.isForEachSource)
  }

  @Test(arguments: [
    ("--track none --track-iou 0.5", "--track-iou has no effect with --track none"),
    ("--track none --track-max-age 3", "--track-max-age has no effect with --track none"),
    ("--motion-threshold 3", "--motion-threshold goes with --motion"), ("--append", "--append goes with --events PATH"),
    ("--segment 10m", "--segment goes with --video"), ("--stats --quiet", "--stats has no effect with --quiet"),
    ("--rate 5", "--rate asks a camera"), ("--reconnect 3", "--reconnect goes with --camera"),
    ("--keep-corrupt", "--keep-corrupt goes with --input rtsp://"),
    ("--input http://h/x --rtsp-transport udp", "--rtsp-transport goes with --input rtsp://"),
  ]) func anOptionWithoutEffectIsRefused(words: String, reason: String) throws {
    let words = ["--input", "a.mp4"] + words.split(separator: " ").map(String.init)
    guard case .run(let values) = try Options.program.parse(words) else { return }
    let error = #expect(throws: UsageError.self) { _ = try Settings(values) }
    #expect(error?.description.hasPrefix(reason) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    "--camera /dev/video0 --reconnect 3", "--input http://h/x --reconnect never --stream-timeout 5",
    "--input RTSPS://h/x --rtsp-transport udp", "--append --events a.jsonl", "--track-iou 0.5",
  ]) func anOptionThatHasAnEffectOnOneOfSeveralSourcesIsTaken(words: String) throws {
    let words = ["--input", "a.mp4"] + words.split(separator: " ").map(String.init)
    guard case .run(let values) = try Options.program.parse(words) else { return }
    _ = try Settings(values)
  }

  @Test func optionsThatFitNoSourceAreRefused() {
    #expect(complaint("--input", "a", "--size", "640x480").contains("--size asks a camera"))
    #expect(complaint("--camera", "/dev/video0", "--input-rate", "5").contains("--input-rate goes with --input"))
    #expect(complaint("--input", "-", "--input", "-").contains("one standard input"))
  }
}
