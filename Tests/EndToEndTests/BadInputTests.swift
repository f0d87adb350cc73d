import Foundation
import TestData
import Testing

/// Bad input: one line on standard error with file, place and reason, exit 1 (2 for usage), outputs untouched or whole.
@Suite struct BadInputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs `stream`, expects failure, and returns its one line of complaint.
  private func complaint(_ arguments: [String], status: Int32 = 1) throws -> String {
    let ending = try Program.run(arguments)
    #expect(ending.status == status, "\(arguments): \(ending.errors)")
    #expect(ending.signal == nil)
    let lines = ending.errors.split(separator: "\n")
    #expect(lines.count == 1, "\(ending.errors)")
    #expect(ending.errors.hasPrefix("stream: "), "\(ending.errors)")
    return ending.errors
  }

  /// Writes a file of the test's own.
  private func file(_ name: String, _ content: some DataProtocol) throws -> String {
    let url = folder.url(name)
    try Data(content).write(to: url)
    return url.path
  }

  /// A little real footage: two pictures of portable pixmap, one behind the other.
  private func footage() throws -> String {
    var bytes = Data("P6\n64 48\n255\n".utf8)
    bytes.append(Data(repeating: 90, count: 64 * 48 * 3))
    return try file("picture.ppm", bytes)
  }

  @Test func aMissingFileIsNamed() throws {
    let line = try complaint(["--input", folder.path("nothing.mp4")])
    #expect(line.contains("nothing.mp4: no such file or directory"))
  }

  @Test func aDirectoryIsNoFootage() throws {
    #expect(try complaint(["--input", folder.url.path]).contains("is a folder without pictures"))
  }

  @Test func anEmptyFileIsNoFootage() throws {
    let path = try file("empty.mp4", Data())
    #expect(try complaint(["--input", path]) == "stream: \(path): is empty\n")
    // Of standard input, be it a device, a file or a pipe, only reading tells.
    let pipe = Pipe()
    try pipe.fileHandleForWriting.close()
    for input: Any in [FileHandle.nullDevice, try #require(FileHandle(forReadingAtPath: path)), pipe] {
      let ending = try Program(["--input", "-"], input: input).ending()
      #expect(ending.status == 1 && ending.errors == "stream: standard input: is empty\n", "\(ending.errors)")
    }
  }

  @Test func garbageIsNoFootage() throws {
    let noise = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })
    #expect(try complaint(["--input", file("noise.mp4", noise)]).contains("noise.mp4"))
  }

  /// Of a movie whose index stands at its end, and is not there, one is told which of the reasons it is.
  @Test func aMovieWithoutItsIndexSaysSo() throws {
    func box(_ type: String, _ size: UInt32, _ count: Int) -> Data {
      Data((0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) }) + Data(type.utf8)
        + Data(repeating: 0, count: count)
    }
    let begin = box("ftyp", 24, 16)
    let without = "the index (moov) without which an MP4 cannot be read"
    for (name, rest, reason) in [
      ("cut", box("mdat", 2_500_000, 99_976), "is cut short: it has 0.1 MB of more than 2.5 MB, and not \(without)"),
      ("open", box("mdat", 0, 50_000), "lacks \(without): its recording was not finished, or it is cut short"),
      ("headless", box("mdat", 50_008, 50_000), "lacks \(without): its recording was not finished, or it is cut short"),
    ] {
      let path = try file("\(name).mp4", begin + rest)
      #expect(try complaint(["--input", path]) == "stream: \(path): \(reason)\n")
      let read = try Program(["--input", "-"], input: FileHandle(forReadingFrom: URL(filePath: path))).ending()
      #expect(read.errors == "stream: standard input: \(reason)\n")
    }
  }

  /// A pipe cannot be gone back in, and tells no size.
  @Test func aMovieWithoutItsIndexInAPipeSaysSo() throws {
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(Data([0, 0, 0, 24]) + Data("ftypisom".utf8) + Data(repeating: 0, count: 12))
    try pipe.fileHandleForWriting.close()
    let ending = try Program(["--input", "-"], input: pipe).ending()
    let reason = "lacks the index (moov) without which an MP4 cannot be read, or its end"
    #expect(ending.status == 1 && ending.errors == "stream: standard input: \(reason)\n", "\(ending.errors)")
  }

  @Test func aKindThatAPipeCannotGiveIsToldAsThat() throws {
    let path = folder.path("moving.gif")
    let make = "-v error -nostdin -f lavfi -i testsrc2=d=1".split(separator: " ").map(String.init)
    let made = try Ended(URL(filePath: "/usr/bin/env"), ["ffmpeg"] + make + [path])
    try #require(made.status == 0, "\(made.errors)")
    let ended = try Ended(
      URL(filePath: "/bin/sh"), ["-c", "cat \"$0\" | \"$1\" --input -", path, TestData.built("stream").path])
    let reason = "is of a kind that cannot be read from a pipe; the file itself can be read"
    #expect(ended.errors == "stream: standard input: \(reason)\n", "\(ended.errors)")
  }

  @Test func anAnimatedWebPIsToldAsThat() throws {
    func chunk(_ name: String, _ bytes: [UInt8]) -> Data {
      Data(name.utf8) + Data([UInt8(bytes.count), 0, 0, 0]) + Data(bytes)
    }
    let none = [UInt8](repeating: 0, count: 24)
    let parts = chunk("VP8X", [2] + none[..<9]) + chunk("ANIM", Array(none[..<6])) + chunk("ANMF", none)
    let content = Data("RIFF".utf8) + Data([UInt8(parts.count + 4), 0, 0, 0]) + Data("WEBP".utf8) + parts
    let path = try file("moving.webp", content)
    let reason = "stream: \(path): is an animated WebP, which FFmpeg's decoder does not read\n"
    #expect(try complaint(["--input", path]) == reason)
    #expect(try complaint(["detect", path]) == reason)
  }

  @Test func rawPicturesDoNotSayTheirSize() throws {
    let path = try file("a.yuv", Data(repeating: 0, count: 9999))
    #expect(try complaint(["--input", path]) == "stream: \(path): does not say how large its pictures are\n")
  }

  @Test func footageInAPlaceOfACommandIsTold() throws {
    let path = try footage()
    let line = try complaint([path], status: 2)
    #expect(line == "stream: unknown command '\(path)'; --input reads footage, `stream detect` pictures\n")
    #expect(try complaint(["nosuch.mp4"], status: 2) == "stream: unknown command 'nosuch.mp4'\n")
  }

  @Test(.enabled(if: TestData.hasShared)) func audioAloneIsNoFootage() throws {
    let folder = TestData.shared("video/derived")
    let audio = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("audio_only") }
    try #require(!audio.isEmpty)
    for name in audio {
      #expect(try complaint(["--input", folder.appending(path: name).path]).contains("no video"))
    }
  }

  @Test func textIsNoModel() throws {
    let text = try file("model.pb", Data("just a few words\n".utf8))
    #expect(try complaint(["--input", footage(), "--model", text]).contains("model.pb"))
  }

  @Test func anEmptyFileIsNoModel() throws {
    #expect(try complaint(["--input", footage(), "--model", file("void.pb", Data())]).contains("void.pb"))
  }

  @Test func aCutModelIsNoModel() throws {
    let whole = try Data(contentsOf: TestData.model)
    for count in [100, 10_000, 5_000_000, whole.count - 7] {
      let cut = try file("cut.pb", whole.prefix(count))
      #expect(try complaint(["--input", footage(), "--model", cut]).contains("cut.pb"), "\(count)")
    }
  }

  @Test func aMissingModelSaysWhereWasLooked() throws {
    #expect(try complaint(["--input", footage(), "--model", "nosuchmodel"]).contains("stream/models"))
  }

  /// What lies beside models is none; the packing of an archive need not be named.
  @Test func modelsAreListedAndFoundByName() throws {
    let models = folder.url("stream/models")
    try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
    let tiny = TestData.smallModel
    try FileManager.default.copyItem(at: tiny, to: models.appending(path: "tiny.pb"))
    let tar = TarArchive([("x/frozen_inference_graph.pb", [UInt8](try Data(contentsOf: tiny)))])
    try Data(tar.content).write(to: models.appending(path: "packed.v1.tar"))
    try FileManager.default.createDirectory(at: models.appending(path: "folder"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(at: tiny, to: models.appending(path: "folder/frozen_inference_graph.pb"))
    for (name, text) in [
      ("README.md", "Models."), ("labels.txt", "cat\n"), ("tiny.stream.json", "{}"),
      ("label_map.pbtxt", "item { id: 1 name: 'cat' }"), ("labelmap.prototxt", "item { label: 1 name: 'cat' }"),
    ] { try Data(text.utf8).write(to: models.appending(path: name)) }
    let environment = ["XDG_DATA_HOME": folder.url.path]
    let listed = try Program.run(["models"], environment: environment)
    let own = listed.lines.filter { $0.contains(models.path) }.map { $0.prefix { $0 != "\t" } }
    #expect(listed.status == 0 && own == ["folder", "packed.v1.tar", "tiny.pb"], "\(listed.output)")
    for name in ["packed.v1", "packed.v1.tar", "tiny.pb", "folder"] {
      let found = try Program.run(["inspect", name, "--json"], environment: environment)
      #expect(found.status == 0, "\(name): \(found.errors)")
    }
    // Without `--model` it is the variable that counts: a name, also without the packing, or a path.
    for (wanted, marked) in [
      ("tiny.pb", ["tiny.pb"]), ("packed.v1", ["packed.v1.tar"]), ("\(models.path)/./folder/", ["folder"]),
      (tiny.path, []), ("nosuchmodel", []),
    ] {
      let listed = try Program.run(["models"], environment: environment.merging(["STREAM_MODEL": wanted]) { $1 })
      let names = listed.lines.filter { $0.contains(" (default)\t") }.map { $0.prefix { $0 != " " } }
      #expect(names == marked.map { $0[...] }, "\(wanted): \(listed.output)")
    }
  }

  @Test func anOutputThatCannotBeWrittenIsNamed() throws {
    let line = try complaint(["--input", footage(), "--events", "/nosuchfolder/events.jsonl"])
    #expect(line.contains("/nosuchfolder/events.jsonl: no such file or directory"))
    #expect(try complaint(["--input", footage(), "--video", folder.path("out.gif")], status: 2).contains("gif"))
  }

  @Test func anOutputThatIsTheInputIsRefused() throws {
    let path = try footage()
    let before = try Data(contentsOf: URL(filePath: path))
    let link = folder.path("link.jsonl")
    try FileManager.default.linkItem(atPath: path, toPath: link)
    for output in [path, link] {
      #expect(try complaint(["--input", path, "--events", output]).contains("is the input"))
    }
    let piped = try Program(["--input", "-", "--events", path], input: FileHandle(forReadingFrom: URL(filePath: path)))
    let ending = try piped.ending()
    #expect(ending.status == 1 && ending.errors.contains("is the input"), "\(ending.errors)")
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  @Test func twoOutputsThatAreOneFileAreRefused() throws {
    let path = folder.path("both.mp4")
    let (link, folded) = (folder.path("link.jsonl"), folder.path("here/../both.mp4"))
    try FileManager.default.createDirectory(at: folder.url("here"), withIntermediateDirectories: true)
    // It leads to what neither is there yet.
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "here/../both.mp4")
    for log in [path, folded, link] {
      let line = try complaint(["--input", footage(), "--events", log, "--video", path], status: 2)
      #expect(line == "stream: \(path): is both event log and video\n")
      #expect(!FileManager.default.fileExists(atPath: path))
    }
    // One of several sources by its name, the other by a link.
    try FileManager.default.createSymbolicLink(atPath: folder.path("b.mp4"), withDestinationPath: "a.mp4")
    let line = try complaint(
      ["--input", footage(), "--input", footage(), "--names", "a,b", "--video", folder.path("%s.mp4")], status: 2)
    #expect(line == "stream: \(folder.path("b.mp4")): is the place of two videos\n")
  }

  @Test func anOutputThatTheModelIsReadFromIsRefused() throws {
    let model = folder.path("model.pb")
    try FileManager.default.copyItem(atPath: TestData.smallModel.path, toPath: model)
    let labels = try file("labels.txt", Data("person\n".utf8))
    let arguments = ["--input", try footage(), "--model", model, "--labels", labels]
    for output in [model, labels] {
      let before = try Data(contentsOf: URL(filePath: output))
      #expect(
        try complaint(arguments + ["--events", output]) == "stream: \(output): is a file of the model\n")
      #expect(try Data(contentsOf: URL(filePath: output)) == before)
    }
  }

  @Test func anUnknownOptionIsNamedWithTheNearest() throws {
    let line = try complaint(["--inptu", "x"], status: 2)
    #expect(line.contains("--inptu") && line.contains("--input"))
  }

  @Test(arguments: [
    ["--threshold", "1.5"], ["--threshold", "high"], ["--max-detections", "0"], ["--threads", "-1"],
    ["--track", "magic"], ["--track-iou", "2"], ["--size", "12"],
  ])
  func animpossibleValueSaysWhatIsAllowed(option: [String]) throws {
    let line = try complaint(["--input", footage()] + option, status: 2)
    #expect(line.contains(option[0]) && line.contains(option[1]))
  }

  @Test func anUnknownClassGetsTheNearestName() throws {
    let input = ["--input", try footage(), "--model", TestData.model.path]
    for number in ["99", "-1"] {
      let line = try complaint(input + ["--classes=\(number)"], status: 2)
      #expect(line.contains("'\(number)' is not a class of this model"), "\(line)")
    }
    let line = try complaint(input + ["--classes", "persn"], status: 2)
    #expect(line.contains("persn") && line.contains("person"))
  }

  @Test func anEmptyValueIsToldWithItsOption() throws {
    for (classes, shown) in [("", "an empty value"), ("car,", "'car,'")] {
      let line = try complaint(["--input", "a", "--classes", classes], status: 2)
      #expect(line == "stream: --classes: \(shown) is not a name, or several with one comma between two\n")
    }
    #expect(try complaint(["--input", ""], status: 2) == "stream: --input: an empty value is not a path\n")
  }

  /// As of an old disk; the file is there under just these bytes.
  @Test func anArgumentThatIsNotUTF8IsRefused() throws {
    let name = #""$(printf 't\374r.avi')""#
    for redirection in ["--input \(name)", "detect \(name)", "--model=\(name) --help"] {
      let ending = try Program([], preparation: "cd \(folder.url.path); : > \(name)", redirection: redirection).ending()
      #expect(ending.status == 2 && ending.output.isEmpty)
      let shown = redirection.hasPrefix("--model") ? #"--model=t\xFCr.avi"# : #"t\xFCr.avi"#
      #expect(ending.errors == "stream: argument '\(shown)' is not UTF-8\n")
    }
  }

  @Test func noInputIsAUsageError() throws {
    #expect(try complaint([], status: 2).contains("--input"))
    _ = try complaint(["--input", "a", "--names", "b,c"], status: 2)
  }

  @Test func noSuchCameraIsNamed() throws {
    #expect(try complaint(["--camera", "/dev/video97"]).contains("/dev/video97"))
  }

  @Test func aDeviceThatIsNoCameraIsRefused() throws {
    #expect(try complaint(["--camera", "/dev/null"]).contains("/dev/null"))
    #expect(try complaint(["--camera", footage()]).contains("picture.ppm"))
  }

  @Test func anUnknownInstructionSetIsRefused() throws {
    let ending = try Program.run(["--input", footage()], environment: ["STREAM_ISA": "mmx"])
    #expect(ending.status == 2 && ending.errors.contains("mmx") && ending.errors.contains("avx2"))
  }

  @Test func aNetworkOfWholeNumbersHasNoOtherPrecision() throws {
    let model = TestData.checkout.appending(path: "Tests/FuzzCorpus/lite/tiny-unsigned.tflite").path
    let picture = try footage()
    for command in [["detect", picture], ["--input", picture], ["bench"]] {
      let line = try complaint(command + ["--model", model, "--precision", "bf16"])
      #expect(line.contains("tiny-unsigned.tflite: --precision bf16 is for networks of floats"), "\(line)")
    }
    #expect(try complaint(["--input", picture, "--precision", "fp16"], status: 2).contains("fp32, bf16"))
    let line = try complaint(["bench", "--model", model, "--random-weights"], status: 2)
    #expect(line.contains("--random-weights is for a pipeline.config"), "\(line)")
  }
}
