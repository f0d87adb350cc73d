import Capture
import FFmpeg
import Foundation
import Pixels
import Posix
import Scene
import TestData
import Testing

/// What came out of a piece of footage.
private struct Seen {
  var count = 0
  var times: [Duration] = []
  var formats: [PixelFormat] = []
  var sizes: [[Int]] = []
  var codings: [ColorCoding] = []
  var damage = 0
}

private func look(at path: String, threads: Int = FootageSource.defaultThreads) throws -> Seen {
  var source = try FootageSource(path: path, interrupt: Interrupt(), threads: threads)
  var seen = Seen()
  while let frame = try source.next() {
    #expect(frame.stamp.number == seen.count)
    let time = frame.stamp.time.sinceFirst
    #expect(seen.times.last.map { time > $0 } ?? (time == .zero))
    seen.times.append(time)
    if !seen.formats.contains(frame.format) { seen.formats.append(frame.format) }
    if !seen.sizes.contains([frame.width, frame.height]) { seen.sizes.append([frame.width, frame.height]) }
    let coding = ColorCoding(matrix: frame.coding.matrix, isFullRange: frame.coding.isFullRange)
    if !seen.codings.contains(coding) { seen.codings.append(coding) }
    seen.count += 1
  }
  let hasMore = try source.next() != nil
  #expect(!hasMore)
  seen.damage = source.trouble.account[.leftOut]
  return seen
}

@Suite struct FootageTests {
  @Test(.enabled(if: FileManager.default.fileExists(atPath: TestData.footage.path)), arguments: [1, 2])
  func sampleFootageGivesAllFramesAtTheirTimes(threads: Int) throws {
    let info = try FootageSource(path: TestData.footage.path, interrupt: Interrupt()).info
    #expect(info.frameCount == 795)
    #expect(info.frameRate == 10)
    let seen = try look(at: TestData.footage.path, threads: threads)
    #expect(seen.times == (0..<795).map { .milliseconds(100 * $0) })
    #expect(seen.sizes == [[768, 576]])
    #expect(seen.formats == [.yuv420p])
    #expect(seen.codings == [.standard])
    #expect(seen.damage == 0)
  }

  @Test(
    .enabled(if: TestData.hasShared),
    arguments: [
      Known("vtest_8s_h264.mp4", 80), Known("vtest_8s_h264.mkv", 80), Known("vtest_8s_hevc.mp4", 80),
      Known("vtest_8s_mjpeg.avi", 80, coding: ColorCoding(matrix: .bt601, isFullRange: true)),
      Known("vtest_8s_mpeg2.ts", 80), Known("vtest_8s_mpeg4.avi", 80), Known("vtest_8s_vp9.webm", 80),
      Known("vtest_8s_vfr.mp4", 44), Known("vtest_4s_audio_first.mp4", 40), Known("vtest_4s_hevc10bit.mp4", 40),
      Known("vtest_4s_oddsize_444.mkv", 40, .rgb24, size: [767, 575]),
      Known("vtest_4s_gray_ffv1.mkv", 40, .gray8, coding: ColorCoding(matrix: .bt601, isFullRange: true)),
    ])
  func knownFootageGivesAllFrames(known: Known) throws {
    let seen = try look(at: TestData.shared("video/derived/\(known.name)").path)
    #expect(seen.count == known.count)
    #expect(seen.sizes == [known.size])
    #expect(seen.formats == [known.format])
    #expect(seen.codings == [known.coding])
    #expect(seen.damage == 0)
  }

  @Test(
    .enabled(if: TestData.hasShared),
    arguments: [("bitflips_h264.mkv", 60), ("bitflips_mpeg4.avi", 60), ("truncated.mkv", 40)])
  func damagedFootageGivesWhatCanBeDecoded(name: String, least: Int) throws {
    #expect(try look(at: TestData.shared("video/derived/\(name)").path).count >= least)
  }

  @Test(
    .enabled(if: TestData.hasShared),
    arguments: [
      ("audio_only.m4a", "has no video stream"), ("empty.mp4", "is empty"),
      ("garbage.mp4", "is not video that FFmpeg can read"),
      (
        "truncated_no_moov.mp4",
        "is cut short: it has 0.2 MB of more than 0.4 MB, and not the index (moov) without which an MP4 cannot be read"
      ),
    ])
  func whatIsNoFootageIsRefusedInOneLine(name: String, reason: String) throws {
    let path = TestData.shared("video/derived/\(name)").path
    #expect(throws: CaptureError(source: path, reason: reason)) { try look(at: path) }
  }

  @Test(.enabled(if: TestData.hasShared)) func anMP4WithItsIndexAtItsEndIsNotReadFromAPipe() throws {
    let clip = TestData.shared("video/derived/vtest_8s_h264.mp4")
    let file = try Data(contentsOf: clip)
    let (index, pictures) = (file.range(of: Data("moov".utf8)), file.range(of: Data("mdat".utf8)))
    try #require(try #require(index).lowerBound > #require(pictures).lowerBound)
    let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    // A program of its own: it ends by itself where nobody reads on.
    let writer = Process()
    writer.executableURL = URL(filePath: "/bin/sh")
    writer.arguments = ["-c", "exec cat \"$0\" >\"$1\"", clip.path, path]
    try writer.run()
    defer { writer.waitUntilExit() }
    #expect(
      throws: CaptureError(
        source: path,
        reason: "the index of an MP4 must stand at its beginning to be read from a pipe; the file itself can be read")
    ) { try look(at: path) }
  }

  @Test func pathsThatLeadNowhereAreNamed() {
    #expect(throws: CaptureError(source: "/nowhere/x.avi", reason: "no such file or directory")) {
      try look(at: "/nowhere/x.avi")
    }
    #expect(throws: CaptureError(source: "/tmp", reason: "is a directory")) { try look(at: "/tmp") }
  }

  @Test func aPasswordIsNotShown() {
    #expect(throws: CaptureError.self) {
      try look(at: "rtsp://me:secret@127.0.0.1:1/x")
    }
    do { _ = try look(at: "rtsp://me:secret@127.0.0.1:1/x") } catch {
      #expect("\(error)".hasPrefix("rtsp://me@127.0.0.1:1/x: "))
    }
  }

  /// Nothing but the pictures themselves tells where one ends.
  @Test func picturesOneBehindTheOtherComeThroughAPipe() throws {
    let pipe = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path
    let picture = pipe + ".png"
    try #require(mkfifo(pipe, 0o600) == 0)
    defer { for path in [pipe, picture] { unlink(path) } }
    for count in [1, 4] {
      var bytes = Data()
      for width in 1...count {
        let rgb = [UInt8](repeating: 9, count: width * 2 * 3)
        try StillPicture.writePNG(picture, rgb: rgb, width: width, height: 2)
        bytes += try Data(contentsOf: URL(filePath: picture))
      }
      let writer = try Posix.Thread { [bytes] in FileHandle(forWritingAtPath: pipe)?.write(bytes) }
      #expect(try look(at: pipe).sizes == (1...count).map { [$0, 2] })
      writer.join()
    }
  }

  @Test func aPipeWithoutWriterEndsWhenInterrupted() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let interrupt = Interrupt()
    let start = monotonicNow()
    let thread = try Posix.Thread {
      usleep(100_000)
      interrupt.request()
    }
    var source = try FootageSource(path: path, interrupt: interrupt)
    let wasInterrupted = source.wasInterrupted
    #expect(wasInterrupted)
    let hasMore = try source.next() != nil
    #expect(!hasMore)
    #expect(monotonicNow() - start < .milliseconds(600))
    thread.join()
  }
}

/// Footage of which we know what comes out.
struct Known: CustomTestStringConvertible, Sendable {
  let name: String
  let count: Int
  let format: PixelFormat
  let size: [Int]
  let coding: ColorCoding

  init(
    _ name: String, _ count: Int, _ format: PixelFormat = .yuv420p, size: [Int] = [768, 576],
    coding: ColorCoding = .standard
  ) { (self.name, self.count, self.format, self.size, self.coding) = (name, count, format, size, coding) }

  var testDescription: String { name }
}
