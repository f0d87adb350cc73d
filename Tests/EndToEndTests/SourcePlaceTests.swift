import Foundation
import TestData
import Testing

/// Footage wherever it may be: folders, numbered pictures, URLs, standard input; and what of it reaches the outputs.
@Suite(.waiting) struct SourcePlaceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The bytes of a gray picture.
  private func picture(_ width: Int, _ height: Int, isColor: Bool = true) -> Data {
    Data("P\(isColor ? 6 : 5)\n\(width) \(height)\n255\n".utf8)
      + Data(repeating: 90, count: width * height * (isColor ? 3 : 1))
  }

  private func write(_ name: String, _ data: Data) throws { try data.write(to: folder.url(name)) }

  /// Runs `stream`, expects success, and returns frame, time in milliseconds, width and height of each line.
  private func lines(_ arguments: [String], says complaint: String = "") throws -> [[Int]] {
    let ending = try Program.run(arguments)
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(complaint.isEmpty ? ending.errors.split(separator: "\n").count == 1 : ending.errors.contains(complaint))
    return try EventLine.all(in: ending.output).map {
      [$0.frame, Int(($0.time * 1000).rounded()), $0.width, $0.height]
    }
  }

  @Test func aFolderIsReadInNaturalOrder() throws {
    try write("p10.ppm", picture(70, 50))
    try write("p2.ppm", picture(64, 48))
    try write("p3.jpg", Data("no picture".utf8))
    try write("notes.txt", Data())
    let complaint =
      "\(folder.url.path): 1 file that is no picture was passed over; 1 damaged packet or picture was left out (p3.jpg: "
    #expect(try lines(["--input", folder.url.path], says: complaint) == [[0, 0, 64, 48], [1, 40, 70, 50]])
    // Both commands call a picture the same.
    let images = try [["--input"], ["detect"]].map { command in
      try Program.run(command + [folder.url.path]).output.matches(of: #/"image":"([^"]*)"/#).map { String($0.1) }
    }
    #expect(images[0] == ["p2.ppm", "p10.ppm"].map { folder.path($0) } && images[1] == images[0])
    let slowly = try lines(["--input", folder.url.path + "/", "--input-rate", "2"], says: "left out")
    #expect(slowly == [[0, 0, 64, 48], [1, 500, 70, 50]])
  }

  @Test func numberedPicturesAreFootage() throws {
    for number in [7, 8, 10] { try write("a frame_00\(number < 10 ? "0" : "")\(number).ppm", picture(64, 48)) }
    let pattern = folder.path("a frame_%04d.ppm")
    let expected = [[0, 0, 64, 48], [1, 100, 64, 48], [2, 300, 64, 48]]
    let complaint = "\(pattern): 1 number has no picture, and its time passes (9)\n"
    #expect(try lines(["--input", pattern, "--input-rate", "10"], says: complaint) == expected)
  }

  @Test func anExistingFileIsNoPattern() throws {
    try write("100 %d.ppm", picture(64, 48))
    try write("100 1.ppm", picture(32, 32))
    let path = folder.path("100 %d.ppm")
    #expect(try lines(["--input", path]) == [[0, 0, 64, 48]])
    #expect(try lines(["--input", "file:\(path)"]) == [[0, 0, 64, 48]])
    let url = path.replacing("%", with: "%25").replacing(" ", with: "%20")
    #expect(try lines(["--input", "file://\(url)"]) == [[0, 0, 64, 48]])
  }

  @Test func aRateIsForPicturesOnly() throws {
    try write("a.ppm", picture(64, 48))
    let path = folder.path("a.ppm")
    for source in [
      ["--input", path], ["--camera", "/dev/video97"], ["--input", "testpattern:64x48@10:2:file"],
    ] {
      let ending = try Program.run(source + ["--input-rate", "5"])
      #expect(ending.status == 2 && ending.errors.contains("--input-rate"), "\(source)")
    }
  }

  /// Whether there is a Python to serve files with.
  private static let hasPython =
    (try? Ended(URL(filePath: "/usr/bin/env"), ["python3", "--version"]).status == 0) ?? false

  @Test(.enabled(if: hasPython, "python3, which serves the file, is not installed")) func footageComesOverHTTP() throws
  {
    try write("a b.ppm", picture(64, 48))
    let server = Process()
    let said = folder.url("said")
    _ = FileManager.default.createFile(atPath: said.path, contents: nil)
    server.executableURL = URL(filePath: "/usr/bin/env")
    server.arguments = [
      "python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder.url.path, "0",
    ]
    (server.standardInput, server.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    server.standardOutput = try FileHandle(forWritingTo: said)
    try server.run()
    defer {
      // Our threads block the milder signals, and so does what they start.
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    // "Serving HTTP on 127.0.0.1 port 40123 (http://127.0.0.1:40123/) ..."
    var words = ""
    for _ in 0..<3000 where !words.contains("\n") {
      usleep(10_000)
      words = try String(contentsOf: said, encoding: .utf8)
    }
    let port = try #require(words.firstMatch(of: #/port (\d+)/#)).1
    #expect(try lines(["--input", "http://127.0.0.1:\(port)/a%20b.ppm"]) == [[0, 0, 64, 48]])
    // This server gives no parts of files.
    let made = "-v error -nostdin -f lavfi -i testsrc2=s=640x480:d=3 -c:v mpeg4 -q:v 1".split(separator: " ")
    let tail = try Ended(
      URL(filePath: "/usr/bin/env"), ["ffmpeg"] + made.map(String.init) + [folder.path("tail.mp4")])
    try #require(tail.status == 0, "\(tail.errors)")
    let last = try Program.run(["--input", "http://127.0.0.1:\(port)/tail.mp4"])
    #expect(last.status == 1 && last.errors.contains("where a server gives whole files only; download it\n"))
    // FFmpeg goes back in a GIF, further here than it holds.
    let drawn = "-v error -nostdin -f lavfi -i mandelbrot=s=320x240:r=10 -t 1".split(separator: " ")
    let moving = try Ended(
      URL(filePath: "/usr/bin/env"), ["ffmpeg"] + drawn.map(String.init) + [folder.path("moving.gif")])
    try #require(moving.status == 0, "\(moving.errors)")
    #expect(try lines(["--input", "http://127.0.0.1:\(port)/moving.gif"]).count == 10)
    let missing = try Program.run(["--input", "http://127.0.0.1:\(port)/nothing.mp4"])
    #expect(missing.status == 1 && missing.errors.contains("nothing.mp4: "))
  }

  /// One stream whose pictures change size and kind; the video keeps the first size.
  @Test func sizeAndFormatMayChangeOnTheWay() throws {
    try write("mixed", picture(64, 48) + picture(64, 48) + picture(90, 50) + picture(32, 64, isColor: false))
    let video = folder.path("out.mkv")
    let program = try Program(
      ["--input", "-", "--video", video], input: FileHandle(forReadingFrom: folder.url("mixed")))
    let ending = try program.ending()
    #expect(ending.status == 0, "\(ending.errors)")
    let sizes = try EventLine.all(in: ending.output).map { [$0.width, $0.height] }
    #expect(sizes == [[64, 48], [64, 48], [90, 50], [32, 64]])
    #expect(try lines(["--input", video]).map { [$0[2], $0[3]] } == [[Int]](repeating: [64, 48], count: 4))
  }

  @Test func anOutputThatCannotBeOpenedLeavesTheOtherAsItWas() throws {
    try write("a.ppm", picture(64, 48))
    let before = Data("worth keeping\n".utf8)
    for name in ["log.jsonl", "video.mkv"] { try write(name, before) }
    let (log, video) = (folder.url("log.jsonl"), folder.url("video.mkv"))
    let input = ["--input", folder.path("a.ppm")]
    let noVideo = try Program.run(input + ["--events", log.path, "--video", "/nosuchfolder/v.mkv"])
    #expect(noVideo.status == 1 && noVideo.errors.contains("/nosuchfolder/v.mkv: no such file or directory"))
    let noLog = try Program.run(input + ["--events", "/nosuchfolder/log", "--video", video.path])
    #expect(noLog.status == 1 && noLog.errors.contains("/nosuchfolder/log: no such file or directory"))
    let noInput = try Program.run(
      ["--input", folder.path("no.ppm"), "--events", log.path, "--video", video.path])
    #expect(noInput.status == 1)
    #expect(try Data(contentsOf: log) == before)
    #expect(try Data(contentsOf: video) == before)
  }

  @Test func aPictureOfTheFolderIsNoOutput() throws {
    try write("1.ppm", picture(64, 48))
    try write("2.ppm", picture(64, 48))
    let output = folder.url("2.ppm")
    let ending = try Program.run(["--input", folder.url.path, "--events", output.path])
    #expect(ending.status == 1 && ending.errors.contains("2.ppm: is the input"))
    #expect(try Data(contentsOf: output) == picture(64, 48))
  }

  /// The last picture lacks its end: it is shown as far as it goes, and told; so is what is missing behind it.
  @Test func cutFootageIsReadToTheCut() throws {
    try write("cut.avi", try Data(contentsOf: TestData.footage).prefix(300_000))
    let path = folder.path("cut.avi")
    let ending = try Program.run(["--input", path, "--track", "none", "--every", "10"])
    #expect(ending.status == 0)
    #expect(ending.lines.count > 10)
    let told = ending.errors.split(separator: "\n")
    let lines = try EventLine.all(in: ending.output)
    let last = Int(((lines.last?.time ?? 0) * 10).rounded())
    let missing = "it ended early: its last picture is of \(last / 10).\(last % 10) s, where it says it has 79.5 s"
    #expect(
      told.count == 2 && told[0] == "stream: \(path): 1 picture is damaged in part; \(missing)", "\(ending.errors)")
  }

  /// A file with sound is told of as one without; its index at the beginning, in a tag, or in a count of pictures.
  @Test(arguments: ["mp4", "mkv", "avi"]) func cutFootageWithSoundSaysWhatIsMissing(ending: String) throws {
    let path = folder.path("whole.\(ending)")
    let made = try Ended(
      URL(filePath: "/usr/bin/env"),
      [
        "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=20", "-f",
        "lavfi", "-i", "sine=duration=25", "-c:v", "mpeg4", "-c:a", "mp2", "-movflags", "faststart", path,
      ])
    try #require(made.status == 0, "\(made.errors)")
    let whole = try Data(contentsOf: URL(filePath: path))
    try write("cut.\(ending)", whole.prefix(whole.count / 2))
    #expect(try lines(["--input", path, "--every", "1000"]).count == 200)
    _ = try lines(
      ["--input", folder.path("cut.\(ending)"), "--every", "1000"], says: "s, where it says it has 20.0 s")
  }

  /// Where only the length of sound and video together is told, and where times begin anywhere.
  @Test(arguments: ["mkv": "mpeg4", "flv": "flv"])
  func cutFootageWithoutALengthOfItsVideoSaysWhatIsMissing(ending: String, encoder: String) throws {
    let path = folder.path("whole.\(ending)")
    let made = try Ended(
      URL(filePath: "/usr/bin/env"),
      [
        "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=20", "-f",
        "lavfi", "-i", "sine=duration=25", "-c:v", encoder, "-c:a", "mp3", "-output_ts_offset", "100", path,
      ])
    try #require(made.status == 0, "\(made.errors)")
    var whole = try Data(contentsOf: URL(filePath: path))
    // The tag that tells the length of one stream of a Matroska file gets another name.
    while let tag = whole.range(of: Data("DURATION".utf8)) { whole.replaceSubrange(tag, with: Data("DURATIOM".utf8)) }
    try write("whole.\(ending)", whole)
    // The sound reaches the end, be it of 25 s or of 125.
    #expect(try lines(["--input", path, "--every", "1000"]).count == 200)
    try write("cut.\(ending)", whole.prefix(whole.count / 2))
    let cut = ["--input", folder.path("cut.\(ending)"), "--every", "1000"]
    #expect(try lines(cut, says: "s, where it says it has 25.").count < 200)
  }

  /// A tag that a file has from the one it was made of says nothing of it.
  @Test func anotherFilesLengthIsNoLength() throws {
    let path = folder.path("part.ogv")
    let made = try Ended(
      URL(filePath: "/usr/bin/env"),
      [
        "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=3", "-c:v",
        "libvpx", "-metadata:s:v", "DURATION=00:01:00.000000000", path,
      ])
    try #require(made.status == 0, "\(made.errors)")
    #expect(try lines(["--input", path, "--every", "1000"]).count == 30)
  }

  /// A GIF tells no length, but has an end mark; what stands behind that is not part of it.
  @Test func aGIFThatIsCutSaysSo() throws {
    let path = folder.path("moving.gif")
    let make = "-v error -nostdin -f lavfi -i mandelbrot=s=160x120 -t 0.4".split(separator: " ").map(String.init)
    let made = try Ended(URL(filePath: "/usr/bin/env"), ["ffmpeg"] + make + [path])
    try #require(made.status == 0, "\(made.errors)")
    let whole = try Data(contentsOf: URL(filePath: path))
    #expect(try lines(["--input", path]).count == 10)
    try write("longer.gif", whole + Data([0, 0, 0]))
    #expect(try lines(["--input", folder.path("longer.gif")]).count == 10)
    try write("cut.gif", whole.prefix(whole.count * 3 / 5))
    let cut = try lines(["--input", folder.path("cut.gif")], says: "it ended early: its end mark is missing")
    #expect((2..<10).contains(cut.count))
  }

  /// The time of a Matroska file's end is no length where its times begin later.
  @Test func footageWhoseTimesBeginLaterIsWhole() throws {
    let path = folder.path("later.mkv")
    let made = try Ended(
      URL(filePath: "/usr/bin/env"),
      [
        "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=20",
        "-output_ts_offset", "100", path,
      ])
    try #require(made.status == 0, "\(made.errors)")
    #expect(try lines(["--input", path, "--every", "1000"]).count == 200)
    let whole = try Data(contentsOf: URL(filePath: path))
    try write("cut.mkv", whole.prefix(whole.count / 2))
    _ = try lines(["--input", folder.path("cut.mkv"), "--every", "1000"], says: "s, where it says it has 20.0 s")
  }

  /// Video that is turned and says so gives the detections of the upright one.
  @Test func whatIsSeenInTurnedFootageIsUpright() throws {
    // The first seconds of the sample, its index cut off.
    try write("cut.avi", try Data(contentsOf: TestData.footage).prefix(300_000))
    let (upright, turned) = (folder.url("upright.mp4"), folder.url("turned.mp4"))
    func run(_ arguments: [String]) throws -> [EventLine] {
      let ending = try Program.run(arguments + ["--quiet", "--track", "none"])
      #expect(ending.status == 0, "\(ending.errors)")
      return try EventLine.all(in: ending.output)
    }
    // Where the video is looked at again nothing is drawn on it.
    let bare = ["--threshold", "1", "--every", "1000"]
    _ = try run(["--input", folder.path("cut.avi"), "--video", upright.path] + bare)
    let people = ["--model", TestData.model.path, "--threshold", "0.6"]
    let expected = try run(["--input", upright.path] + people)
    // A quarter to the right is shown, and so written; a quarter to the left stands it up again.
    try setDisplayMatrix([0, 1, -1, 0], of: upright)
    let lying = try run(["--input", upright.path, "--video", turned.path] + bare)
    #expect(!lying.isEmpty && lying.allSatisfy { [$0.width, $0.height] == [576, 768] })
    try setDisplayMatrix([0, -1, 1, 0], of: turned)
    let found = try run(["--input", turned.path] + people)
    #expect(found.count == expected.count && found.allSatisfy { [$0.width, $0.height] == [768, 576] })
    var (total, matched) = (0, 0)
    for (line, wanted) in zip(found, expected) {
      total += wanted.objects.count
      matched += pairs(wanted.objects.map(\.sighting), line.objects.map(\.sighting), overlap: 0.8, score: 0.3).count {
        $0 != nil
      }
    }
    print("turned footage: \(matched) of \(total) detections")
    #expect(total > 30 && Double(matched) >= 0.9 * Double(total))
  }
}
