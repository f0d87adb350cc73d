import FFmpeg
import Foundation
import Output
import Pixels
import Posix
import Scene
import TestData
import Testing

@Suite struct VideoWriterTests {
  /// Writes `count` pictures and returns the mean luma of each.
  private func write(
    _ count: Int, width: Int, height: Int, to path: String, _ choice: VideoEncoderChoice = .best,
    aspect: SampleAspect = .square, time: (Int) -> Duration
  ) throws -> [Double] {
    var writer = try VideoWriter(
      path: path, width: width, height: height, frameRate: 30, sampleAspect: aspect, encoder: choice)
    #expect((writer.warning == nil) == (choice == .best))
    let painter = Painter(width: width, height: height)
    var means: [Double] = []
    for number in 0..<count {
      let frame = painter.frame(number)
      try writer.write(frame, at: FrameTime(sinceFirst: time(number))) { canvas in #expect(canvas.width == width) }
      means.append(meanLuma(frame))
    }
    try writer.finish()
    try writer.finish()
    #expect(painter.heldCount == 0)
    return means
  }

  /// Opens what was written.
  private func reader(_ path: String) throws -> FootageReader {
    try FootageReader(path: path, interrupt: Interrupt(), threads: 1)
  }

  private func meanLuma(_ frame: borrowing Frame) -> Double {
    var sum = 0
    for y in 0..<frame.height {
      let row = UnsafeRawBufferPointer(start: frame.planes.0.start + y * frame.planes.0.stride, count: frame.width)
      sum += row.reduce(0) { $0 + Int($1) }
    }
    return Double(sum) / Double(frame.width * frame.height)
  }

  @Test(arguments: [
    ("x.mp4", VideoContainer?.some(.mp4)), ("a.b/x.MKV", .mkv), ("x.webm", .webm), ("x", nil), ("x.mp4/", nil),
    ("a.mp4/x", nil), (".mp4", nil),
  ])
  func theExtensionNamesTheContainer(path: String, container: VideoContainer?) {
    #expect(VideoContainer(path: path) == container)
  }

  @Test(
    arguments: ["x.mp4", "x.mkv", "x.webm"], [VideoEncoderChoice.best, .fallback])
  func whatIsWrittenIsReadBack(name: String, choice: VideoEncoderChoice) throws {
    let folder = try TemporaryFolder()
    let time = { (number: Int) -> Duration in .milliseconds(33 * number + (number >= 20 ? 1234 : 0)) }
    let aspect = try #require(SampleAspect(width: 4, height: 3))
    let means = try write(40, width: 128, height: 96, to: folder.path(name), choice, aspect: aspect, time: time)
    var source = try reader(folder.path(name))
    let sampleAspect = source.facts.sampleAspect
    // Matroska stores the size that is shown, in whole pixels.
    #expect(abs(Double(sampleAspect.width) / Double(sampleAspect.height) - 4.0 / 3) < 0.01)
    var count = 0
    while let frame = try source.next() {
      #expect((frame.width, frame.height) == (128, 96))
      #expect(frame.coding == .standard)
      #expect(abs(frame.stamp.time.sinceFirst / .milliseconds(1) - time(count) / .milliseconds(1)) < 0.02)
      #expect(abs(meanLuma(frame) - means[count]) < 2)
      count += 1
    }
    #expect(count == 40)
    let damagedCount = source.damagedCount
    #expect(damagedCount == 0)
  }

  @Test(arguments: [(1, 1), (33, 17), (64, 47), (63, 48)])
  func oddSizesGrowToEvenOnes(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    _ = try write(5, width: width, height: height, to: folder.path("x.mp4")) { .milliseconds(40 * $0) }
    var source = try reader(folder.path("x.mp4"))
    var count = 0
    while let frame = try source.next() {
      #expect((frame.width, frame.height) == (width + width % 2, height + height % 2))
      count += 1
    }
    #expect(count == 5)
  }

  @Test func timesThatDoNotGrowAreMadeTo() throws {
    let folder = try TemporaryFolder()
    _ = try write(9, width: 32, height: 32, to: folder.path("x.mkv")) { _ in .zero }
    var source = try reader(folder.path("x.mkv"))
    var count = 0
    while let frame = try source.next() {
      #expect(frame.stamp.time.sinceFirst == .milliseconds(count))
      count += 1
    }
    #expect(count == 9)
  }

  /// Encoders put pictures in another order: one gap then spans several of their steps.
  @Test(arguments: [3 * 3600, 5 * 3600, 50 * 3600]) func footageWithALongGapIsWrittenWhole(gap: Int) throws {
    let folder = try TemporaryFolder()
    let time = { (number: Int) -> Duration in .milliseconds(100 * number + (number >= 15 ? 1000 * gap : 0)) }
    _ = try write(30, width: 64, height: 64, to: folder.path("x.mp4"), time: time)
    var source = try reader(folder.path("x.mp4"))
    var times: [Duration] = []
    while let frame = try source.next() { times.append(frame.stamp.time.sinceFirst) }
    #expect(times.count == 30)
    #expect(times.prefix(15) == (0..<15).map(time)[...])
    #expect(times.last == (gap > 18_000 ? times.last : time(29)))
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 <= .seconds(4 * 3600 + 60) })
  }

  @Test func picturesThatAreHoursApartAreWrittenAll() throws {
    let folder = try TemporaryFolder()
    _ = try write(12, width: 64, height: 64, to: folder.path("x.mp4")) { .seconds(5 * 3600 * $0) }
    var source = try reader(folder.path("x.mp4"))
    var count = 0
    while try source.next() != nil { count += 1 }
    #expect(count == 12)
  }

  /// Of HDR: BT.2020 primaries and matrix, the transfer of SMPTE ST 2084.
  @Test(arguments: ["x.mp4", "x.mkv"]) func whatColoursStandForIsToldAsTheSourceDoes(name: String) throws {
    let folder = try TemporaryFolder()
    let coding = ColorCoding(matrix: .bt2020, isFullRange: false, transfer: 16, primaries: 9)
    var writer = try VideoWriter(path: folder.path(name), width: 64, height: 64, frameRate: 25, coding: coding)
    let painter = Painter(width: 64, height: 64, coding: coding)
    for number in 0..<3 {
      try writer.write(painter.frame(number), at: FrameTime(sinceFirst: .milliseconds(40 * number))) { _ in }
    }
    try writer.finish()
    var source = try reader(folder.path(name))
    var read: ColorCoding?
    if let frame = try source.next() { read = frame.coding }
    #expect(read == coding)
  }

  @Test func whatIsDrawnIsSeenAndTheSourceStaysAsItWas() throws {
    let folder = try TemporaryFolder()
    var writer = try VideoWriter(path: folder.path("x.mp4"), width: 64, height: 64, frameRate: 25)
    let painter = Painter(width: 64, height: 64)
    for number in 0..<3 {
      let frame = painter.frame(number)
      let before = meanLuma(frame)
      try writer.write(frame, at: FrameTime(sinceFirst: .milliseconds(40 * number))) { canvas in
        canvas.fill(canvas.area, Paint(luma: 200))
      }
      #expect(meanLuma(frame) == before)
    }
    try writer.finish()
    #expect(abs(meanLuma(try StillPicture.read(folder.path("x.mp4"))) - 200) < 2)
  }

  @Test func framesOfAnotherFormatAreConverted() throws {
    let folder = try TemporaryFolder()
    let gray = [UInt8](repeating: 128, count: 64 * 64 * 3)
    try StillPicture.writePNG(folder.path("x.png"), rgb: gray, width: 64, height: 64)
    var writer = try VideoWriter(path: folder.path("x.mp4"), width: 64, height: 64, frameRate: 25)
    let frame = try StillPicture.read(folder.path("x.png"))
    try writer.write(frame, at: frame.stamp.time) { _ in }
    try writer.finish()
    #expect(abs(meanLuma(try StillPicture.read(folder.path("x.mp4"))) - (16 + 128 * 219 / 255)) < 2)
  }

  /// White pictures of other proportions: the part that they cover is lent, all around it is black.
  @Test(arguments: [
    (128, 64, 64, 32, 0, 16), (10, 40, 16, 64, 24, 0), (3, 2, 64, 43, 0, 10), (1, 1000, 1, 64, 30, 0),
  ])
  func framesOfAnotherSizeKeepTheirProportionsOnBlack(
    width: Int, height: Int, partWidth: Int, partHeight: Int, left: Int, top: Int
  ) throws {
    let folder = try TemporaryFolder()
    let white = [UInt8](repeating: 255, count: width * height * 3)
    try StillPicture.writePNG(folder.path("x.png"), rgb: white, width: width, height: height)
    var writer = try VideoWriter(path: folder.path("x.mp4"), width: 64, height: 64, frameRate: 25)
    let frame = try StillPicture.read(folder.path("x.png"))
    try writer.write(frame, at: frame.stamp.time) { canvas in
      #expect((canvas.width, canvas.height) == (partWidth, partHeight))
      // The encoder must not blur what is looked at: nothing white but the part's inside, drawn on by us.
      canvas.fill(canvas.area, .white)
    }
    try writer.finish()
    let read = try StillPicture.read(folder.path("x.mp4"))
    #expect((read.width, read.height) == (64, 64))
    var wrong = 0
    for y in 0..<64 {
      for x in 0..<64 {
        let luma = (read.planes.0.start + y * read.planes.0.stride + x).load(as: UInt8.self)
        let isInside = (left..<left + partWidth).contains(x) && (top..<top + partHeight).contains(y)
        if (luma > 125) != isInside { wrong += 1 }
      }
    }
    #expect(wrong == 0)
  }

  @Test func anUnknownExtensionIsRefusedBeforeAnythingIsWritten() throws {
    let folder = try TemporaryFolder()
    for name in ["x.avi", "x", "mp4"] {
      #expect(throws: OutputError.self) {
        _ = try VideoWriter(path: folder.path(name), width: 8, height: 8, frameRate: 25)
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
  }

  @Test func aFullDiskIsAnErrorWithThePath() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.mkv")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
    #expect(throws: OutputError(output: path, reason: "no space left on device")) {
      try write(3, width: 64, height: 64, to: path) { .milliseconds(40 * $0) }
    }
  }

  @Test func unwritablePlacesAreNamed() {
    #expect(throws: OutputError(output: "/nowhere/x.mp4", reason: "no such file or directory")) {
      _ = try VideoWriter(path: "/nowhere/x.mp4", width: 8, height: 8, frameRate: 25)
    }
  }

  @Test func twoRunsDoNotWriteOneVideo() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.mkv")
    let time = { (number: Int) -> Duration in .milliseconds(40 * number) }
    var writer = try VideoWriter(path: path, width: 64, height: 64, frameRate: 25)
    let painter = Painter(width: 64, height: 64)
    for number in 0..<5 { try writer.write(painter.frame(number), at: FrameTime(sinceFirst: time(number))) { _ in } }
    #expect(throws: OutputError(output: path, reason: "another run writes it")) {
      try write(3, width: 64, height: 64, to: path, time: time)
    }
    try writer.finish()
    var source = try reader(path)
    var count = 0
    while try source.next() != nil { count += 1 }
    #expect(count == 5)
  }

  @Test func aPipeWithoutReaderIsAnErrorAtOnce() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.mp4")
    try #require(mkfifo(path, 0o600) == 0)
    #expect(throws: OutputError.self) { _ = try VideoWriter(path: path, width: 8, height: 8, frameRate: 25) }
  }

  @Test func aWriterThatIsDroppedOnlyCloses() throws {
    let folder = try TemporaryFolder()
    do { _ = try VideoWriter(path: folder.path("x.mkv"), width: 64, height: 64, frameRate: 25) }
    #expect(throws: MediaError.self) {
      var source = try reader(folder.path("x.mkv"))
      while try source.next() != nil {}
    }
  }
}
