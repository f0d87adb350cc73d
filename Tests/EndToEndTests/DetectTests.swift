import Foundation
import TestData
import Testing

/// `stream detect`: lines, their order, annotated pictures, and what is said of what cannot be read.
@Suite struct DetectTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a gray picture of `width` × `height` and returns its path.
  @discardableResult
  private func picture(_ name: String, _ width: Int = 64, _ height: Int = 48) throws -> String {
    var bytes = Data("P6\n\(width) \(height)\n255\n".utf8)
    bytes.append(Data(repeating: 90, count: width * height * 3))
    return try file(name, bytes)
  }

  private func file(_ name: String, _ content: Data) throws -> String {
    try content.write(to: folder.url(name))
    return folder.path(name)
  }

  private func detect(_ arguments: String...) throws -> Program.Ending { try Program.run(["detect"] + arguments) }

  @Test func everyPictureHasItsLineInTheOrderGiven() throws {
    let (one, two) = (try picture("b.ppm", 64, 48), try picture("a.ppm", 33, 17))
    let ending = try detect(one, two, one)
    #expect(ending.status == 0 && ending.errors == "")
    let lines = try PictureLine.all(in: ending.output)
    #expect(lines.map(\.image) == [one, two, one])
    #expect(lines.map(\.width) == [64, 33, 64] && lines.map(\.height) == [48, 17, 48])
    #expect(ending.lines[0] == #"{"image":"\#(one)","width":64,"height":48,"objects":[]}"#)
  }

  @Test func aFolderMeansItsPicturesInNaturalOrder() throws {
    for name in ["p10.ppm", "p2.PPM", "p1.ppm", ".hidden.ppm"] { try picture(name) }
    _ = try file("notes.txt", Data("no picture\n".utf8))
    let ending = try detect(folder.url.path)
    let left = "stream: \(folder.url.path): 1 file that is no picture was passed over\n"
    #expect(ending.status == 0 && ending.errors == left)
    #expect(try detect(folder.url.path, "--quiet").errors == "")
    let names = try PictureLine.all(in: ending.output).map(\.image)
    #expect(names == ["p1.ppm", "p2.PPM", "p10.ppm"].map { folder.path($0) })
  }

  @Test func thatFootageHasMorePicturesIsTold() throws {
    let still = try picture("still.ppm")
    for clip in ["clip.mp4", "clip.mkv"].map({ folder.path($0) }) {
      let made = try Program.run([
        "--input", "testpattern:64x48@30:5:file", "--video", clip, "--track", "none", "--quiet",
      ])
      try #require(made.status == 0, "\(made.errors)")
      let ending = try detect(clip, still)
      let line = "stream: \(clip): only the first of its pictures is looked at; stream --input looks at all\n"
      #expect(ending.status == 0 && ending.lines.count == 2 && ending.errors == line)
      #expect(try detect(clip, "--quiet").errors == "")
    }
  }

  @Test func aQuotedPatternIsExpandedUnlessAFileIsCalledSo() throws {
    for name in ["b.ppm", "a.ppm", "c[1].ppm"] { try picture(name) }
    let all = try detect(folder.path("?.ppm"))
    #expect(try PictureLine.all(in: all.output).map(\.image) == ["a.ppm", "b.ppm"].map { folder.path($0) })
    let named = try detect(folder.path("c[1].ppm"))
    #expect(try PictureLine.all(in: named.output).map(\.image) == [folder.path("c[1].ppm")])
    let none = try detect(folder.path("*.bmp"))
    #expect(none.status == 1 && none.errors == "stream: \(folder.path("*.bmp")): no file matches\n")
  }

  /// FFmpeg is opened while the model is read; one that is damaged or missing is an error like any other.
  @Test(arguments: ["avcodec", "avformat"]) func aLibraryThatCannotBeLoadedIsTold(name: String) throws {
    for version in 58...63 { _ = try file("lib\(name).so.\(version)", Data()) }
    let path = try picture("a.ppm")
    let environment = ["LD_LIBRARY_PATH": folder.url.path]
    for arguments in [["detect", path], ["--input", path]] {
      let ending = try Program.run(arguments, environment: environment)
      #expect(ending.status == 1 && ending.output == "" && ending.errors.split(separator: "\n").count == 1)
      #expect(ending.errors.contains("FFmpeg cannot be loaded: ") && ending.errors.contains("lib\(name).so"))
    }
    let pattern = try Program.run(["--input", "testpattern:64x48@30:2:file"], environment: environment)
    #expect(pattern.status == 0 && pattern.lines.count { $0.hasPrefix(#"{"frame":"#) } == 2, "\(pattern.errors)")
  }

  @Test func standardInputIsAPicture() throws {
    let path = try picture("a.ppm", 40, 30)
    for input: Any in [try #require(FileHandle(forReadingAtPath: path)), try pipe(holding: path)] {
      let ending = try Program(["detect", "-"], input: input).ending()
      #expect(ending.status == 0, "\(ending.errors)")
      let line = try #require(try PictureLine.all(in: ending.output).first)
      #expect((line.image, line.width, line.height) == ("-", 40, 30))
    }
    let nothing = try detect("-")
    #expect(nothing.status == 1 && nothing.errors == "stream: standard input: is empty\n")
  }

  @Test func aClosedStandardInputIsTold() throws {
    let ended = try Ended(
      URL(filePath: "/bin/sh"), ["-c", "exec timeout 60 \"$0\" detect - <&-", TestData.built("stream").path])
    #expect(ended.status == 1 && ended.errors.hasPrefix("stream: standard input: "), "\(ended.errors)")
  }

  private func pipe(holding path: String) throws -> Pipe {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(contentsOf: URL(filePath: path)))
    try pipe.fileHandleForWriting.close()
    return pipe
  }

  @Test func aBrokenPictureIsToldAndTheOthersGoOn() throws {
    let (good, broken) = (try picture("good.ppm"), try file("broken.png", Data("no picture at all\n".utf8)))
    let missing = folder.path("missing.jpg")
    let ending = try detect(broken, good, missing, good)
    #expect(ending.status == 1)
    #expect(try PictureLine.all(in: ending.output).map(\.image) == [good, good])
    let errors = ending.errors.split(separator: "\n")
    try #require(errors.count == 3)
    #expect(errors[0].hasPrefix("stream: \(broken): ") && errors[2] == "stream: 2 of 4 pictures failed")
    #expect(errors[1] == "stream: \(missing): no such file or directory")
    let alone = try detect(missing)
    #expect(alone.status == 1 && alone.errors == "stream: \(missing): no such file or directory\n")
  }

  @Test func aPictureIsDrawnInItsOwnSize() throws {
    let (path, output) = (try picture("a.ppm", 51, 37), folder.url("out.png"))
    #expect(try detect(path, "--draw", output.path).status == 0)
    #expect(try pictureSize(ofPNG: output) == (51, 37))
    // Where nothing is found, nothing is changed.
    #expect(try rawPicture(of: output, "rgb24") == [UInt8](repeating: 90, count: 51 * 37 * 3))
  }

  /// The default model keeps 100 of its one class.
  @Test func moreDetectionsThanTheModelGivesAreTold() throws {
    let path = try picture("a.ppm")
    let model = TestData.model.path
    let told = try detect(path, "--max-detections", "101", "--model", model)
    #expect(
      told.status == 0 && told.errors.hasSuffix(" detections of a picture at most, whatever --max-detections says\n"))
    #expect(told.errors.contains(": keeps 100 "), "\(told.errors)")
    #expect(try detect(path, "--max-detections", "100", "--model", model).errors == "")
  }

  /// A wrong guess gives no error, only other detections.
  @Test func whatAModelsFileLeavesOpenIsTold() throws {
    let model = TestData.checkout.appending(path: "Tests/FuzzCorpus/caffe/tiny-ssd.caffemodel").path
    let path = try picture("a.ppm")
    let told = try detect(path, "--model", model)
    #expect(told.status == 0 && told.errors.hasPrefix("stream: tiny-ssd: assumed: channels bgr, mean "))
    #expect(told.errors.hasSuffix(", resize opencv; `stream inspect` tells why\n"), "\(told.errors)")
    #expect(try detect(path, "--model", model, "--quiet").errors == "")
    let said = try detect(
      path, "--model", model, "--channels", "rgb", "--mean", "1", "--scale", "1", "--resize", "pillow")
    #expect(said.status == 0 && said.errors == "")
    let map = try file("map.pbtxt", Data("item { id: 1 name: 'a' }".utf8))
    let short = try detect(path, "--model", model, "--labels", map)
    let doubt = "stream: \(map): only 1 of the model's 2 classes are named, up to number 1 of 2\n"
    #expect(short.status == 0 && short.errors.hasSuffix(doubt), "\(short.errors)")
  }

  /// A graph that ends in its heads has its rules from the configuration: without them it finds something else.
  @Test(.enabled(if: TestData.hasShared)) func aConfigurationThatCannotBeReadIsTold() throws {
    let archive = TestData.shared("synth/tf/ssdlite_mobilenet_v3_small_320x320_coco/raw_outputs_graph.pb.xz")
    let model = folder.path("raw.pb")
    try FileManager.default.createSymbolicLink(
      atPath: model, withDestinationPath: TestData.unpacked(archive).path)
    _ = try file("pipeline.config", Data("model {\n  ssd {\n".utf8))
    let path = try picture("a.ppm")
    let told = "\(model): what lies beside the graph is not used: pipeline.config: line 3: "
    for arguments in [["detect", path], ["--input", path]] {
      let ending = try Program.run(arguments + ["--model", model])
      #expect(ending.status == 0 && ending.errors.contains("stream: \(told)"), "\(ending.errors)")
      #expect(try Program.run(arguments + ["--model", model, "--quiet"]).errors == "")
    }
    #expect(try Program.run(["inspect", model]).errors.hasPrefix(told))
  }

  /// Of a list of labels inside a model: one with too few names is told, one that is packed can be replaced.
  @Test(.enabled(if: TestData.hasShared)) func aListInTheModelThatDoesNotFitIsTold() throws {
    let source = "models/tflite_coco_ssd_mobilenet_v1_1.0_quant_2018_06_29"
    let whole = try Data(contentsOf: TestData.shared("\(source)/ssd_mobilenet_v1_1_metadata_1.tflite"))
    let path = try picture("a.ppm")
    var data = whole
    let line = try #require(whole.range(of: Data("\nteddy bear\n".utf8), options: .backwards))
    data[line.lowerBound] = UInt8(ascii: " ")
    let short = try file("short.tflite", data)
    let doubt = "\(short): the list of labels in it names 89 classes, but the model has 90\n"
    let told = try detect(path, "--model", short)
    #expect(told.status == 0 && told.errors.hasSuffix("stream: \(doubt)"), "\(told.errors)")
    #expect(try Program.run(["inspect", short]).errors.hasSuffix(doubt))
    let labels = TestData.shared("\(source)/labelmap.txt").path
    #expect(try !detect(path, "--model", short, "--labels", labels).errors.contains("list of labels"))
    data = whole
    let entry = try #require(whole.range(of: Data("PK\u{1}\u{2}".utf8), options: .backwards))
    data[entry.lowerBound + 10] = 8
    let packed = try file("packed.tflite", data)
    let refused = try detect(path, "--model", packed)
    #expect(refused.status == 1 && refused.errors.contains("is packed, which is not supported"), "\(refused.errors)")
    let given = try detect(path, "--model", packed, "--labels", labels)
    #expect(given.status == 0 && !given.errors.contains("list of labels"), "\(given.errors)")
  }

  /// The sidecar's threshold counts where the command line has none, and 0.5 where neither does.
  @Test func theSidecarSaysWhatIsReported() throws {
    let graph = TestData.checkout.appending(path: "Tests/FuzzCorpus/caffe/tiny-ssd.caffemodel")
    let (model, path) = (try file("tiny.caffemodel", Data(contentsOf: graph)), try picture("a.ppm"))
    /// How many objects `stream detect` and `stream` report.
    func counts(_ sidecar: String, _ arguments: String...) throws -> [Int] {
      _ = try file("tiny.stream.json", Data(sidecar.utf8))
      return try [["detect", path], ["--input", path, "--track", "none"]].map { command in
        let ending = try Program.run(command + ["--quiet", "--model", model] + arguments)
        #expect(ending.status == 0, "\(ending.errors)")
        return ending.output.ranges(of: #""score":"#).count
      }
    }
    let (low, high) = (#"{"score_threshold": 0.4}"#, #"{"score_threshold": 0.49}"#)
    // All that it sees scores 0.477.
    #expect(try counts(low) == [20, 20])
    #expect(try counts(high) == [0, 0])
    #expect(try counts("{}") == [0, 0])
    #expect(try counts(high, "--threshold", "0.4") == [20, 20])
    #expect(try counts(low, "--threshold", "0.49") == [0, 0])
  }

  @Test func aPictureIsNeverDrawnOverItself() throws {
    let path = folder.url("a.png")
    #expect(try detect(picture("a.ppm"), "--draw", path.path).status == 0)
    let content = try Data(contentsOf: path)
    let input = try #require(FileHandle(forReadingAtPath: path.path))
    for ending in [
      try detect(path.path, "--draw", path.path), try detect("file:\(path.path)", "--draw", path.path),
      try Program(["detect", "-", "--draw", path.path], input: input).ending(),
    ] {
      #expect(ending.status == 1 && ending.errors == "stream: \(path.path): is one of the pictures\n")
    }
    #expect(try Data(contentsOf: path) == content)
  }

  @Test func severalPicturesAreDrawnIntoAFolder() throws {
    let (one, two) = (try picture("a.x.ppm"), try picture("b.ppm"))
    let output = folder.url("drawn")
    #expect(try detect(one, two, "--draw", output.path + "/").status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).sorted() == ["a.x.png", "b.png"])
    // A folder that is there needs no slash.
    #expect(try detect(one, two, "--draw", output.path).status == 0)
  }

  /// `| head -1` has its line; what is drawn is for others.
  @Test func aClosedPipeDoesNotEndTheDrawing() throws {
    let (pictures, output, pipe) = (try ["a", "b", "c"].map { try picture("\($0).ppm") }, folder.url("drawn"), Pipe())
    let program = try Program(["detect"] + pictures + ["--draw", output.path + "/"], output: pipe)
    try pipe.fileHandleForWriting.close()
    try pipe.fileHandleForReading.close()
    let ending = try program.ending(within: 60)
    #expect(ending.status == 0 && ending.errors == "")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: output.path).sorted() == ["a.png", "b.png", "c.png"])
  }

  @Test func whatCannotBeDrawnIsRefusedBeforehand() throws {
    try FileManager.default.createDirectory(at: folder.url("other"), withIntermediateDirectories: true)
    let (one, two, clash) = (try picture("a.ppm"), try picture("b.ppm"), try picture("other/a.pgm"))
    let cases: [(pictures: [String], target: String, words: String)] = [
      ([one, two], "out.png", "2 pictures do not go into one file"), ([one], "out.jpg", "must end in .png"),
      ([one, two, clash], "drawn/", "other/a.pgm would both be drawn into"),
    ]
    for (pictures, target, words) in cases {
      let ending = try Program.run(
        ["detect"] + pictures + ["--draw", folder.path(target) + (target.hasSuffix("/") ? "/" : "")])
      #expect(ending.status == 2 && ending.output == "" && ending.errors.contains(words), "\(ending.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path(target)))
    }
    let itself = try file("p.png", Data(contentsOf: URL(filePath: one)))
    for target in [itself, folder.url.path] {
      let ending = try detect(itself, "--draw", target)
      #expect(ending.status == 1 && ending.errors == "stream: \(itself): is one of the pictures\n")
    }
    #expect(try Data(contentsOf: URL(filePath: itself)) == Data(contentsOf: URL(filePath: one)))
  }

  @Test func wrongUseIsExplained() throws {
    #expect(try detect().errors == "stream: IMAGE is missing\n")
    let twice = try detect("-", "-")
    #expect(twice.status == 2 && twice.errors.contains("standard input holds one picture"))
    let unknown = try detect(picture("a.ppm"), "--classes", "persn", "--model", TestData.model.path)
    #expect(unknown.status == 2 && unknown.errors.contains("person"))
    let empty = try detect(folder.path("a.ppm"), folder.url.appending(path: "..").appending(path: "nowhere").path)
    #expect(empty.status == 1 && empty.lines.count == 1)
  }

  /// TensorFlow's detections of these pictures; its own decoder read them.
  @Test(.enabled(if: TestData.hasShared), arguments: [".png", ".jpg"]) func theGoldenDetectionsAreFound(
    ending: String
  ) throws {
    let golden = try Golden.all().filter { $0.path.hasSuffix(ending) }
    let paths = golden.map { TestData.shared($0.path).path }
    let run = try Program.run(
      ["detect", "--model", TestData.model.path, "--threshold", "0.25", "--max-detections", "100"] + paths)
    #expect(run.status == 0 && run.errors == "")
    let lines = try PictureLine.all(in: run.output)
    try #require(lines.map(\.image) == paths && golden.count >= 12)
    // JPEG decoders differ by some levels: by their transform, and by how they enlarge halved chroma.
    let (overlap, score) = ending == ".png" ? (0.99, 0.003) : (0.98, 0.015)
    var (expected, matched, extras, worst) = (0, 0, 0, 0.0)
    for (line, wanted) in zip(lines, golden) {
      #expect([line.width, line.height] == wanted.size)
      let (sure, found) = (wanted.sightings.filter { $0.score > 0.3 }, line.objects.map(\.sighting))
      let partners = pairs(sure, found, overlap: overlap, score: score)
      for (one, partner) in zip(sure, partners) where partner != nil {
        worst = max(worst, abs(one.score - found[partner ?? 0].score))
      }
      expected += sure.count
      matched += partners.count { $0 != nil }
      let claimed = Set(pairs(wanted.sightings, found, overlap: overlap, score: score).compactMap { $0 })
      extras += found.indices.count { found[$0].score > 0.3 + score && !claimed.contains($0) }
    }
    print("\(ending): \(matched) of \(expected) golden detections matched, \(extras) extra, scores within \(worst)")
    #expect(expected > 20 && matched == expected && extras == 0)
  }
}

/// One line of `stream detect`.
private struct PictureLine: Decodable {
  let image: String
  let width: Int
  let height: Int
  let objects: [EventLine.Object]

  /// Returns the lines of its output.
  static func all(in text: String) throws -> [PictureLine] {
    try text.split(separator: "\n").map { try JSONDecoder().decode(PictureLine.self, from: Data($0.utf8)) }
  }
}

/// The reference's detections of one picture.
private struct Golden {
  let path: String
  /// Width and height.
  let size: [Int]
  let sightings: [Sighting]

  static func all() throws -> [Golden] {
    struct Entry: Decodable {
      let size: [Int]
      /// ymin, xmin, ymax, xmax in fractions of the picture, score, class.
      let dets: [[Double]]
    }
    let data = try Data(contentsOf: TestData.shared("golden/tf_pedestrian/detections.json"))
    return try JSONDecoder().decode([String: Entry].self, from: data).sorted { $0.key < $1.key }.map { path, entry in
      let (width, height) = (Double(entry.size[0]), Double(entry.size[1]))
      return Golden(
        path: path, size: entry.size,
        sightings: entry.dets.map {
          Sighting(left: $0[1] * width, top: $0[0] * height, right: $0[3] * width, bottom: $0[2] * height, score: $0[4])
        })
    }
  }
}
