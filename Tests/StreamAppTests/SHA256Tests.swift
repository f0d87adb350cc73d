import FFmpeg
import Foundation
import TestData
import Testing

/// The hash of FIPS 180-4, by its own examples, and where the program tells it.
@Suite struct SHA256Tests {
  static let examples = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: examples) func examplesOfTheStandard(text: String, expected: String) throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "text")
    try Data(text.utf8).write(to: file)
    #expect(SHA256.ofFile(file.path) == expected)
    #expect(SHA256.ofFile(folder.url.path) == nil && SHA256.ofFile(file.path + "s") == nil)
  }

  /// `inspect` and the end of a run tell the same hash, that of `sha256sum`, also where the folder was named.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: TestData.model.path))) func theModelsFileIsTold() throws {
    let path = TestData.model.path
    let sum = try Ended(URL(filePath: "/usr/bin/env"), ["sha256sum", path]).output.prefix(64)
    let program = TestData.built("stream")
    for place in [path, TestData.model.deletingLastPathComponent().path] {
      let run = try Ended(program, ["--input", "testpattern:64x48@10:2:file", "--model", place, "--stats"])
      #expect(run.status == 0 && run.errors.contains("(\(path), sha256 \(sum)), fp32 on "), "\(run.errors)")
      let described = try Ended(program, ["inspect", place, "--json"])
      #expect(described.output.contains(#""sha256":"\#(sum)","weights":null,"#), "\(described.errors)")
    }
  }

  /// Of a Caffe model that is named by its text the weights are told too: without them it is any of that network.
  @Test(.enabled(if: TestData.hasShared)) func theFileOfTheWeightsIsTold() throws {
    let folder = TestData.shared("models/caffe_res10_ssd_face")
    let names = ["deploy.prototxt", "res10_300x300_ssd_iter_140000.caffemodel"]
    let paths = names.map { folder.appending(path: $0).path }
    let sums = try paths.map { String(try Ended(URL(filePath: "/usr/bin/sha256sum"), [$0]).output.prefix(64)) }
    let program = TestData.built("stream")
    let run = try Ended(program, ["--input", "testpattern:64x48@10:2:file", "--model", paths[0], "--stats"])
    #expect(
      run.errors.contains("(\(paths[0]), sha256 \(sums[0]); \(paths[1]), sha256 \(sums[1])), fp32 on "), "\(run.errors)"
    )
    let described = try Ended(program, ["inspect", paths[0]])
    #expect(described.output.contains(sums[0]) && described.output.contains("\(sums[1]) of \(paths[1])"))
    let asData = try Ended(program, ["inspect", paths[0], "--json"]).output
    #expect(asData.contains(#""sha256":"\#(sums[0])","weights":{"path":"\#(paths[1])","sha256":"\#(sums[1])"},"#))
    let byWeights = try Ended(program, ["inspect", paths[1], "--json"]).output
    #expect(byWeights.contains(#""sha256":"\#(sums[1])","weights":null,"#))
  }
}
