import Foundation
import TestData
import Testing

/// `stream evaluate`: figures as tables and JSON, result files, and what is said of what cannot be scored.
@Suite struct EvaluateTests {
  private let folder: TemporaryFolder
  private let cases = TestData.checkout.appending(path: "Tests/EvaluationTests/Cases")
  /// For a model that knows a person.
  private let whole = ["STREAM_MODEL": TestData.model.path]

  init() throws { folder = try TemporaryFolder() }

  private func evaluate(_ arguments: String...) throws -> Program.Ending {
    try Program.run(["evaluate"] + arguments, environment: whole)
  }

  private func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: folder.url(name))
    return folder.path(name)
  }

  /// The member `path`, numbers of which may be places in a list, of a JSON text.
  private func number(_ path: String, in text: String) throws -> Double {
    var value: Any = try JSONSerialization.jsonObject(with: Data(text.utf8))
    for step in path.split(separator: ".") {
      if let place = Int(step) {
        value = try #require(value as? [Any])[place]
      } else {
        value = try #require((value as? [String: Any])?[String(step)], "\(path) in \(text)")
      }
    }
    return try #require(value as? Double, "\(path)")
  }

  @Test func aResultFileIsScored() throws {
    let (truth, found) = (path("detections/crowds.truth.json"), path("detections/crowds.found.json"))
    let json = try evaluate("--annotations", truth, "--detections", found, "--json")
    #expect(json.status == 0 && json.errors == "" && json.lines.count == 1)
    #expect(abs(try number("ap", in: json.output) - 0.046392) < 1e-6)
    #expect(abs(try number("ar_100", in: json.output) - 0.135714) < 1e-6)
    #expect(try number("classes.1.id", in: json.output) == 2 && number("images", in: json.output) == 8)
    let table = try evaluate("--annotations", truth, "--detections", found)
    #expect(table.status == 0 && table.output.contains("\nclass 2"))
    #expect(table.lines.contains { $0.wholeMatch(of: #/AP +0\.046/#) != nil }, "\(table.output)")
  }

  private func path(_ path: String) -> String { cases.appending(path: path).path }

  @Test func whatDoesNotCountIsTold() throws {
    let ending = try evaluate(
      "--annotations", path("detections/empty.truth.json"), "--detections", path("detections/empty.found.json"))
    #expect(ending.status == 0)
    #expect(ending.errors.contains("4 of 36 detections left out: category not listed"), "\(ending.errors)")
    let quiet = try evaluate(
      "--annotations", path("detections/empty.truth.json"), "--detections", path("detections/empty.found.json"), "-q")
    #expect(quiet.errors == "" && quiet.output == ending.output)
  }

  @Test func damagedFilesAreNamedInOneLine() throws {
    let truth = path("detections/plain.truth.json")
    let torn = try file("torn.json", #"[{"image_id":3,"#)
    let stranger = try file("stranger.json", #"[{"image_id":4,"category_id":1,"bbox":[1,2,3,4],"score":0.5}]"#)
    let (missing, pipe) = (folder.path("missing.json"), folder.path("pipe"))
    #expect(mkfifo(pipe, 0o600) == 0)
    let wanted = [
      (pipe, torn, "\(pipe): is not a regular file"),
      (truth, torn, "\(torn): line 1, column 16: expected a key"),
      (truth, stranger, "\(stranger): [0]: the annotations have no picture 4"),
      (truth, missing, "\(missing): no such file or directory"),
      (torn, torn, "\(torn): line 1, column 16: expected a key"),
      (stranger, torn, "\(stranger): not an object with images, annotations and categories"),
    ]
    for (annotations, detections, reason) in wanted {
      let ending = try evaluate("--annotations", annotations, "--detections", detections)
      #expect(ending.status == 1 && ending.output == "" && ending.errors == "stream: \(reason)\n", "\(ending.errors)")
    }
  }

  @Test func optionsThatDoNotGoTogetherAreRefused() throws {
    let wanted = [
      ([], "nothing to score by"), (["--annotations", "a"], "nothing to score: --images"),
      (["--annotations", "a", "--images", "b", "--detections", "c"], "not both"),
      (["--annotations", "a", "--detections", "c", "--results", "d"], "--results has no effect with --detections"),
      (["--annotations", "a", "--images", "b", "--results", "-"], "--results needs a file"),
      (["--mot", "a", "--images", "b"], "--images has no effect with --mot"),
      (["--annotations", "a", "--images", "b", "--tracks", "c"], "--tracks has no effect with --annotations"),
    ]
    for (arguments, reason) in wanted {
      let ending = try Program.run(["evaluate"] + arguments)
      #expect(ending.status == 2 && ending.errors.contains(reason), "\(arguments): \(ending.errors)")
    }
  }

  /// Writes gray pictures, of which `missing` is not there, and annotations of them; returns the latter's path.
  private func grayPictures(missing: String? = nil) throws -> String {
    for name in ["a.ppm", "b.ppm"] where name != missing {
      try (Data("P6\n64 48\n255\n".utf8) + Data(repeating: 90, count: 64 * 48 * 3)).write(to: folder.url(name))
    }
    return try file(
      "truth.json",
      #"{"images":[{"id":1,"file_name":"a.ppm"},{"id":2,"file_name":"b.ppm"}],"#
        + #""categories":[{"id":4,"name":"Person"},{"id":5,"name":"dog"}],"annotations":["#
        + #"{"id":1,"image_id":1,"category_id":4,"bbox":[1,2,30,40],"area":900,"iscrowd":0}]}"#)
  }

  @Test func aModelRunsOverThePicturesAndItsFindingsAreWritten() throws {
    let (truth, results) = (try grayPictures(), folder.path("results.json"))
    let ending = try evaluate(
      "--annotations", truth, "--images", folder.url.path, "--results", results, "--threshold", "0", "--json")
    #expect(ending.status == 0 && ending.errors.contains("never found: dog"), "\(ending.errors)")
    let detections = try number("detections", in: ending.output)
    #expect(try detections > 0 && number("images", in: ending.output) == 2 && number("fps", in: ending.output) > 0)
    let content = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: results)))
    let lines = try #require(content as? [[String: Any]])
    #expect(lines.count == Int(detections))
    #expect(lines.allSatisfy { $0["category_id"] as? Int == 4 && ($0["bbox"] as? [Double])?.count == 4 })
    let again = try evaluate("--annotations", truth, "--detections", results, "--json")
    for figure in ["ap", "ar_100", "voc2007", "classes.0.ap50"] {
      #expect(try number(figure, in: again.output) == number(figure, in: ending.output))
    }
  }

  @Test func aMissingPictureIsAnErrorUnlessItIsToBeSkipped() throws {
    let truth = try grayPictures(missing: "b.ppm")
    let results = folder.path("results.json")
    let path = folder.path("b.ppm")
    let ending = try evaluate("--annotations", truth, "--images", folder.url.path, "--results", results)
    #expect(ending.status == 1 && ending.output == "")
    #expect(ending.errors.contains("\(path): no such file; 1 of 2 pictures are missing"), "\(ending.errors)")
    #expect(!FileManager.default.fileExists(atPath: results))
    let skipped = try evaluate("--annotations", truth, "--images", folder.url.path, "--skip-missing", "--json")
    #expect(try skipped.status == 0 && number("images", in: skipped.output) == 1)
    try Data("no picture\n".utf8).write(to: URL(filePath: path))
    let broken = try evaluate("--annotations", truth, "--images", folder.url.path)
    #expect(broken.status == 1 && broken.errors.contains("\nstream: \(path): "), "\(broken.errors)")
    #expect(broken.errors.hasSuffix("(--skip-missing scores the others)\n"))
    let others = try evaluate("--annotations", truth, "--images", folder.url.path, "--skip-missing", "--json")
    #expect(try others.status == 0 && number("images", in: others.output) == 1)
    #expect(others.errors.contains("\nstream: \(path): "), "\(others.errors)")
    #expect(others.errors.contains("stream: 1 of 2 pictures cannot be read; the others are scored\n"))
    let picture = try evaluate("--annotations", truth, "--images", folder.url.path, "--results", path)
    #expect(picture.status == 1 && picture.errors == "stream: \(path): is one of the pictures\n")
    let itself = try evaluate("--annotations", truth, "--images", folder.url.path, "--results", truth)
    #expect(itself.status == 1 && itself.errors == "stream: \(truth): is the annotation file\n")
  }

  /// Boxes for another size do not fit; sides that are swapped may be those of a picture that is stored turned.
  @Test func picturesOfAnotherSizeThanAnnotatedAreTold() throws {
    let text = try String(contentsOfFile: grayPictures(), encoding: .utf8)
    func told(_ first: String, _ second: String) throws -> [Substring] {
      let truth = try file(
        "sizes.json",
        text.replacing(#""file_name":"a.ppm""#, with: #""file_name":"a.ppm",\#(first)"#)
          .replacing(#""file_name":"b.ppm""#, with: #""file_name":"b.ppm",\#(second)"#))
      let ending = try evaluate("--annotations", truth, "--images", folder.url.path, "--json")
      #expect(try ending.status == 0 && number("images", in: ending.output) == 2, "\(ending.errors)")
      return ending.errors.split(separator: "\n").filter { $0.contains("ppm") }
    }
    let line = "stream: \(folder.path("a.ppm")): has 64×48 pixels, but its boxes are for 640×480"
    let large = #""width":640,"height":480"#
    #expect(try told(large, #""width":48,"height":64"#) == [line[...]])
    #expect(try told(large, large) == ["\(line); 1 more picture has another size than annotated"])
    #expect(try told(#""width":64,"height":48"#, #""width":0,"height":0"#) == [])
  }

  /// Hours of work are not lost by the last picture.
  @Test func aPictureThatCannotBeReadLeavesWhatWasFound() throws {
    let (truth, results) = (try grayPictures(), folder.path("results.json"))
    try Data("no picture\n".utf8).write(to: folder.url("b.ppm"))
    let ending = try evaluate(
      "--annotations", truth, "--images", folder.url.path, "--results", results, "--threshold", "0")
    #expect(ending.status == 1 && ending.output == "")
    let content = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: results)))
    let lines = try #require(content as? [[String: Any]])
    #expect(!lines.isEmpty && lines.allSatisfy { $0["image_id"] as? Int == 1 })
  }

  @Test func aSignalHasThePicturesSoFarScored() throws {
    let truth = try grayPictures(missing: "b.ppm")
    let pipe = folder.path("b.ppm")
    try #require(mkfifo(pipe, 0o600) == 0)
    let program = try Program(
      ["evaluate", "--annotations", truth, "--images", folder.url.path, "--json"], environment: whole)
    // It can be opened once the program waits for the second picture.
    var writer: Int32 = -1
    let isWaiting = program.wait(atMost: 60) {
      writer = open(pipe, O_WRONLY | O_NONBLOCK)
      return writer >= 0
    }
    defer { close(writer) }
    try #require(isWaiting, "\(program.errorsSoFar)")
    program.send(SIGINT)
    let ending = try program.ending(within: 30)
    #expect(ending.status == 0 && ending.errors.contains("stopped: 1 of 2 pictures are scored"), "\(ending.errors)")
    #expect(try number("images", in: ending.output) == 1 && number("objects", in: ending.output) == 1)
  }

  @Test func tracksAreScored() throws {
    let (truth, tracks) = (path("tracks"), path("tracks/found"))
    let json = try evaluate("--mot", truth, "--tracks", tracks, "--json")
    #expect(json.status == 0 && json.errors == "")
    let expected = try String(contentsOf: cases.appending(path: "tracks/expected.json"), encoding: .utf8)
    // By name: MOT15-blind, MOT15-gaps, MOT15-plain, …
    for (place, name) in [(1, "MOT15.MOT15-gaps"), (5, "MOT16.MOT16-classes"), (6, "MOT17.MOT17-classes")] {
      for figure in ["hota", "mota", "motp", "idf1", "switches", "fragments"] {
        let (ours, theirs) = (
          try number("sequences.\(place).\(figure)", in: json.output), try number("\(name).\(figure)", in: expected)
        )
        #expect(abs(ours - theirs) < 1e-6, "\(name) \(figure): \(ours), not \(theirs)")
      }
    }
    let one = try evaluate("--mot", path("tracks/MOT16-classes/"), "--tracks", tracks)
    #expect(one.status == 0 && one.output.contains("rules of MOT16") && one.lines.count == 3, "\(one.output)")
  }

  @Test func tracksThatCannotBeScoredAreNamed() throws {
    let truth = path("tracks/MOT15-plain")
    let tracks = try file("MOT15-plain.txt", "1,1,0,0,1,1,1\n1,1,0,0,1,1,1\n")
    let twice = try evaluate("--mot", truth, "--tracks", folder.url.path)
    #expect(twice.status == 1 && twice.errors == "stream: \(tracks): frame 1: id 1 is there twice\n")
    _ = try file("MOT15-plain.txt", "1,1,zero,0,1,1,1\n")
    let damaged = try evaluate("--mot", truth, "--tracks", folder.url.path)
    #expect(damaged.errors == "stream: \(tracks): line 1: column 3 is no number: zero\n")
    let none = try evaluate("--mot", folder.url.path)
    #expect(none.status == 1 && none.errors.contains("no sequence in it"), "\(none.errors)")
  }

  /// SORT's own detections, followed by our tracker: the MOTA that SORT reaches itself.
  @Test(.enabled(if: TestData.hasShared)) func ourTrackerIsScoredOnTheSequencesDetections() throws {
    let published = [
      ("ETH-Sunnyday", 0.591), ("KITTI-13", 0.193), ("PETS09-S2L1", 0.619), ("TUD-Campus", 0.627),
      ("TUD-Stadtmitte", 0.717),
    ]
    let files = FileManager.default
    for (name, _) in published {
      try files.createDirectory(at: folder.url("\(name)"), withIntermediateDirectories: true)
      for (part, origin) in [("gt", "mot/gt/MOT15-train/\(name)/gt"), ("det", "mot/det/\(name)")] {
        try files.createSymbolicLink(at: folder.url("\(name)/\(part)"), withDestinationURL: TestData.shared(origin))
      }
    }
    let ending = try evaluate("--mot", folder.url.path, "--json")
    #expect(ending.status == 0 && ending.errors == "")
    for (place, mota) in published.map(\.1).enumerated() {
      let ours = try number("sequences.\(place).mota", in: ending.output)
      #expect(abs(ours - mota) < 0.005, "\(published[place].0): \(ours)")
    }
  }

  /// What a reference runtime reaches on the 128 pictures of COCO.
  struct Reference: Sendable {
    let model: String
    let options: [String]
    let ap: Double
  }

  /// TensorFlow itself reaches 0.2539 on these pictures; TensorFlow Lite's reference kernels 0.2181 on what Pillow made
  /// of them.
  @Test(
    .enabled(if: TestData.hasShared),
    arguments: [
      Reference(model: "tf_ssd_mobilenet_v1_0.75_coco", options: [], ap: 0.254),
      Reference(
        model: "tflite_coco_ssd_mobilenet_v1_1.0_quant_2018_06_29/detect.tflite",
        options: [
          "--resize", "pillow", "--labels",
          TestData.shared("models/tflite_coco_ssd_mobilenet_v1_1.0_quant_2018_06_29/labelmap.txt").path,
        ], ap: 0.218),
    ]) func averagePrecisionOnCOCOIsThatOfTheReferenceRuntime(reference: Reference) throws
  {
    let ending = try Program.run(
      [
        "evaluate", "--annotations", TestData.shared("images/coco_val2017_128/instances.json").path, "--images",
        TestData.shared("images/coco_val2017_128/images").path, "--model",
        TestData.shared("models/\(reference.model)").path, "--json",
      ] + reference.options)
    #expect(ending.status == 0, "\(ending.errors)")
    let ap = try number("ap", in: ending.output)
    print("\(reference.model): AP \(ap) on 128 pictures, \(try number("fps", in: ending.output)) pictures a second")
    #expect(abs(ap - reference.ap) <= 0.002)
  }
}
