import Foundation
import TestData
import Testing

/// JPEG pictures that were cut short, wherever they come from: told, and never detected on.
@Suite(.serialized, .waiting, .enabled(if: FileManager.default.fileExists(atPath: TestData.footage.path)))
struct CutPicturesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func ffmpeg(_ arguments: [String]) throws {
    let ended = try Ended(URL(filePath: "/usr/bin/env"), ["ffmpeg", "-loglevel", "error"] + arguments)
    try #require(ended.status == 0, "\(ended.errors)")
  }

  /// Pictures of the sample footage, of which every fifth is cut to a third.
  private func pictures(_ count: Int) throws -> [Data] {
    let path = folder.path("whole.mjpeg")
    let rate = ["-an", "-q:v", "4", "-f", "mjpeg"]
    try ffmpeg(["-i", TestData.footage.path, "-frames:v", String(count)] + rate + [path])
    let bytes = try Data(contentsOf: URL(filePath: path))
    var starts: [Int] = []
    var place = bytes.startIndex..<bytes.endIndex
    // Within a scan there is a 0 behind each 0xFF.
    while let found = bytes.range(of: Data([0xFF, 0xD8, 0xFF]), in: place) {
      starts.append(found.lowerBound)
      place = found.upperBound..<bytes.endIndex
    }
    try #require(starts.count == count)
    return zip(starts, starts.dropFirst() + [bytes.endIndex]).enumerated().map { number, bounds in
      number % 5 == 4 ? bytes[bounds.0..<bounds.0 + (bounds.1 - bounds.0) / 3] : bytes[bounds.0..<bounds.1]
    }
  }

  @Test func footageIsReadWithoutThemAndAlwaysTheSame() throws {
    let (raw, path) = (folder.url("cut.mjpeg"), folder.path("cut.avi"))
    try Data(try pictures(40).joined()).write(to: raw)
    try ffmpeg(["-f", "mjpeg", "-i", raw.path, "-c", "copy", path])
    let arguments = ["--input", path, "--threshold", "0.1"]
    let first = try Program.run(arguments)
    #expect(first.status == 0)
    let lines = try EventLine.all(in: first.output)
    #expect(lines.map(\.frame) == Array(0..<32))
    #expect(lines.contains { !$0.objects.isEmpty })
    #expect(
      first.errors.hasPrefix("stream: \(path): 8 damaged packets or pictures were left out\n"), "\(first.errors)")
    #expect(try Program.run(arguments).output == first.output)
    #expect(try Program.run(arguments + ["--stepwise"]).output == first.output)
  }

  @Test func aFolderIsReadWithoutThem() throws {
    let place = folder.url("pictures")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    for (number, picture) in try pictures(10).enumerated() {
      try picture.write(to: place.appending(path: "\(number).jpg"))
    }
    let said = "2 damaged packets or pictures were left out (the first: 4.jpg: the picture is cut short or damaged)"
    let ending = try Program.run(["--input", place.path])
    #expect(ending.status == 0 && ending.lines.count == 8)
    #expect(ending.errors.contains(said), "\(ending.errors)")
  }

  @Test func aPictureOfItsOwnIsAnError() throws {
    let path = folder.path("cut.jpg")
    try #require(try pictures(5).last).write(to: URL(filePath: path))
    let ending = try Program.run(["detect", path])
    #expect(ending.status == 1 && ending.output.isEmpty)
    #expect(ending.errors == "stream: \(path): the picture is cut short or damaged\n")
  }

  @Test(arguments: [[], ["--keep-corrupt"]]) func aStreamLosesThem(options: [String]) throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try Program(["--input", "http://127.0.0.1:\(server.port)/mjpeg-cut", "--every", "10"] + options)
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 40 }, "\(program.errorsSoFar)")
    program.send(SIGINT)
    let ending = try program.ending(within: 20)
    #expect(ending.status == 0)
    #expect(ending.errors.contains(#/[0-9]+ pictures could not be decoded/#), "\(ending.errors)")
    let lost = try EventLine.all(in: ending.output).compactMap(\.lost).reduce(0, +)
    // Those that the program has no time for are dropped before they are looked at.
    #expect(lost > 0, "\(ending.errors)")
  }
}
