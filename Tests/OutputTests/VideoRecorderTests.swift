import FFmpeg
import Foundation
import Output
import Pixels
import Posix
import Scene
import TestData
import Testing

@Suite struct VideoRecorderTests {
  private static let start = Duration.seconds(1_764_139_500)  // 2025-11-26T06:45:00Z

  /// What is said, in order.
  private final class Said: Sendable {
    private let said = Guarded<[String]>([])
    var lines: [String] { said.withLock { $0 } }
    func say(_ line: String) { said.withLock { $0.append(line) } }
  }

  private func recorder(
    _ path: String, _ choice: VideoEncoderChoice = .best, segment: Duration? = nil, said: Said = Said()
  ) throws -> VideoRecorder {
    let settings = EncoderSettings(width: 64, height: 64, frameRate: 10, choice: choice)
    return try VideoRecorder(path: path, settings, segment: segment) { said.say($0) }
  }

  /// A picture's time: `since` the first one, and by the clock on the wall.
  private func time(_ since: Duration) -> FrameTime {
    FrameTime(sinceFirst: since, captured: CaptureTime(monotonic: .seconds(7) + since, sinceEpoch: Self.start + since))
  }

  /// Returns the times of the pictures in the video at `path`, in milliseconds.
  private func times(_ path: String) throws -> [Int] {
    var source = try FootageReader(path: path, interrupt: Interrupt(), threads: 1)
    var times: [Int] = []
    while let frame = try source.next() {
      times.append(Int((frame.stamp.time.sinceFirst / .milliseconds(1)).rounded()))
    }
    return times
  }

  private func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
  }

  /// Uneven steps, a camera away for a minute, and a clock that stands: all told as they were.
  @Test(arguments: ["x.mp4", "x.mkv", "x.webm"], [VideoEncoderChoice.best, .fallback])
  func timesAreThoseOfTheCamera(name: String, choice: VideoEncoderChoice) throws {
    let folder = try TemporaryFolder()
    var recorder = try recorder(folder.path(name), choice)
    let painter = Painter(width: 64, height: 64)
    let written = [4000, 4033, 4150, 4151, 5900, 65_900, 65_933, 66_000]
    for (number, since) in written.enumerated() {
      try recorder.write(painter.frame(number), at: time(.milliseconds(since))) { _ in }
    }
    try recorder.write(painter.frame(99), at: time(.milliseconds(66_000))) { _ in }
    try recorder.finish()
    let read = try times(folder.path(name))
    #expect(Array(read.prefix(8)) == written.map { $0 - 4000 })
    #expect(read.count == 9 && read[8] <= 62_001)
  }

  @Test func theFileTellsWhenItsFirstPictureWasTaken() throws {
    let folder = try TemporaryFolder()
    var recorder = try recorder(folder.path("x.mp4"))
    try recorder.write(Painter(width: 64, height: 64).frame(0), at: time(.milliseconds(1250))) { _ in }
    try recorder.finish()
    let bytes = try Data(contentsOf: folder.url.appending(path: "x.mp4"))
    #expect(bytes.range(of: Data("2025-11-26T06:45:01.250000Z".utf8)) != nil)
  }

  @Test(arguments: ["x.mp4", "x.mkv", "x.webm"]) func cutsLoseNothingAndLeaveNothingOpen(name: String) throws {
    let folder = try TemporaryFolder()
    var recorder = try recorder(folder.path(name), segment: .seconds(1))
    #expect(try names(folder) == [])
    let painter = Painter(width: 64, height: 64)
    for number in 0..<302 {
      try recorder.write(painter.frame(number % 40), at: time(.milliseconds(200 * number))) { _ in }
    }
    #expect(open(below: folder).count == 1)
    try recorder.finish()
    let names = try names(folder)
    #expect(names.count == 61)
    #expect(names.first == "x-20251126T064500Z.\(name.suffix(from: name.index(name.startIndex, offsetBy: 2)))")
    #expect(open(below: folder) == [])
    for name in [names[0], names[17], names[59]] {
      #expect(try times(folder.path(name)) == [0, 200, 400, 600, 800])
    }
    #expect(try times(folder.path(names[60])).count == 2)
  }

  /// The files in `folder` that this process has open.
  private func open(below folder: TemporaryFolder) -> [String] {
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return descriptors.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
      .filter { $0.contains(folder.url.lastPathComponent) }
  }

  @Test func cutsStayWhereTheyAreWhenTheSourceWasAway() throws {
    let folder = try TemporaryFolder()
    var recorder = try recorder(folder.path("x.mkv"), segment: .seconds(10))
    let painter = Painter(width: 64, height: 64)
    for (number, since) in [0, 9, 34, 39, 40].enumerated() {
      try recorder.write(painter.frame(number), at: time(.seconds(since))) { _ in }
    }
    try recorder.finish()
    #expect(try names(folder) == ["x-20251126T064500Z.mkv", "x-20251126T064534Z.mkv", "x-20251126T064540Z.mkv"])
    #expect(try times(folder.path("x-20251126T064534Z.mkv")) == [0, 5000])
  }

  @Test func aNewFileHasTheSizeThatTheSourceHasByThen() throws {
    let folder = try TemporaryFolder()
    var recorder = try recorder(folder.path("x.mkv"), segment: .seconds(1))
    let (small, large) = (Painter(width: 64, height: 64), Painter(width: 128, height: 96))
    try recorder.write(small.frame(0), at: time(.zero)) { _ in }
    for since in [500, 1000, 1500] { try recorder.write(large.frame(since), at: time(.milliseconds(since))) { _ in } }
    try recorder.finish()
    let sizes = try names(folder).map { name in
      let picture = try StillPicture.read(folder.path(name))
      return [picture.width, picture.height]
    }
    #expect(sizes == [[64, 64], [128, 96]])
  }

  @Test func filesThatBeginInOneSecondHaveNamesOfTheirOwn() throws {
    let folder = try TemporaryFolder()
    try Data("before".utf8).write(to: folder.url.appending(path: "x-20251126T064500Z.mp4"))
    var recorder = try recorder(folder.path("x.mp4"), segment: .milliseconds(100))
    let painter = Painter(width: 64, height: 64)
    for number in 0..<2 { try recorder.write(painter.frame(number), at: time(.milliseconds(100 * number))) { _ in } }
    try recorder.finish()
    #expect(
      try names(folder) == ["x-20251126T064500Z-2.mp4", "x-20251126T064500Z-3.mp4", "x-20251126T064500Z.mp4"])
    #expect(try String(contentsOf: folder.url.appending(path: "x-20251126T064500Z.mp4"), encoding: .utf8) == "before")
  }

  /// MP4 cannot tell such a gap: what follows has a file of its own.
  @Test func afterHalfADayAwayMP4GoesOnInANewFile() throws {
    let folder = try TemporaryFolder()
    var recorder = try recorder(folder.path("x.mp4"))
    let painter = Painter(width: 64, height: 64)
    for (number, since) in [0, 1, 43_200, 43_201].enumerated() {
      try recorder.write(painter.frame(number), at: time(.seconds(since))) { _ in }
    }
    try recorder.finish()
    #expect(try names(folder) == ["x-20251126T184500Z.mp4", "x.mp4"])
    for name in try names(folder) { #expect(try times(folder.path(name)) == [0, 1000]) }
  }

  @Test(.timeLimit(.minutes(1))) func aFullDiskIsToldOnceAndRecordingGoesOnInANewFile() throws {
    let (folder, said) = (try TemporaryFolder(), Said())
    let path = folder.path("x.mkv")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
    var recorder = try recorder(path, said: said)
    let painter = Painter(width: 64, height: 64)
    var number = 0
    while said.lines.count < 2 {
      try recorder.write(painter.frame(number % 40), at: time(.milliseconds(100 * number))) { _ in }
      number += 1
      usleep(10_000)
    }
    #expect(said.lines[0] == "\(path): no space left on device; recording goes on when there is room")
    #expect(said.lines[1].contains("recording again, ") && said.lines[1].hasSuffix(" pictures are missing"))
    var reason = ""
    do { try recorder.finish() } catch { reason = error.reason }
    let names = try names(folder).filter { $0 != "x.mkv" }
    try #require(names.count == 1)
    let count = try times(folder.path(names[0])).count
    #expect(count >= 10 && reason == "\(number - count) pictures are missing: no space left on device")
  }

  @Test func placesThatCannotBeWrittenToAreToldAtOnce() throws {
    for segment in [nil, Duration.seconds(1)] {
      #expect(throws: OutputError(output: "/nowhere/x.mp4", reason: "no such file or directory")) {
        _ = try recorder("/nowhere/x.mp4", segment: segment)
      }
    }
  }
}

@Suite struct RecordingPartsTests {
  @Test(arguments: [
    ("out.mp4", ".", "out-20251126T064500Z.mp4"), ("/a.b/out", "/a.b", "/a.b/out-20251126T064500Z"),
    ("/x.y.mkv", "/", "/x.y-20251126T064500Z.mkv"), ("d/.mp4", "d", "d/.mp4-20251126T064500Z"),
  ])
  func namesHaveTheTimeBeforeTheExtension(path: String, folder: String, first: String) {
    let name = RecordingName(path: path)
    #expect((name.folder, name.path(at: .seconds(1_764_139_500))) == (folder, first))
    #expect(name.path(at: .seconds(1_764_139_500), number: 2) == first.replacing("00Z", with: "00Z-2"))
    #expect(name.freePaths(at: .seconds(1_764_139_500)).first == first)
  }

  @Test func roomIsLookedForEachSecondAndFailedTriesWaitLonger() {
    let (none, plenty) = (FileSystemRoom(free: 1 << 20, total: 1 << 40), FileSystemRoom(free: 1 << 25, total: 1 << 40))
    var outage = RecordingOutage(at: .zero, isOverWithThisFile: false)
    let early = [(900, plenty), (1000, none), (1900, plenty), (2000, plenty)].map {
      outage.shouldTry(at: .milliseconds($0.0), room: $0.1)
    }
    #expect(early == [false, false, false, true])
    outage.fail(at: .seconds(2))
    let later = [3900, 4000].map { outage.shouldTry(at: .milliseconds($0), room: nil) }
    #expect(later == [false, true])
    for _ in 0..<80 { outage.fail(at: .seconds(4)) }
    let last = [33, 34].map { outage.shouldTry(at: .seconds($0), room: plenty) }
    #expect(last == [false, true])
    let isATenthEnough = outage.shouldTry(at: .seconds(34), room: FileSystemRoom(free: 1 << 20, total: 8 << 20))
    #expect(isATenthEnough)
    var over = RecordingOutage(at: .seconds(5), isOverWithThisFile: true)
    let isTriedAtOnce = over.shouldTry(at: .seconds(5), room: plenty)
    #expect(isTriedAtOnce)
  }

  @Test func aFileSystemHasRoom() throws {
    let room = try #require(FileSystemRoom(folder: "/"))
    #expect(room.total > 0 && room.free <= room.total)
    #expect(FileSystemRoom(folder: "/nowhere") == nil)
  }
}
