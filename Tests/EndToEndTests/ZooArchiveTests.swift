import Foundation
import TestData
import Testing

/// Downloads of the model zoo, in their form: the zoo's graphs with made-up weights, packed as the zoo packs them.
@Suite(.enabled(if: TestData.hasShared)) struct ZooArchiveTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The archive's name, and the graph in its form.
  static let archives = [
    ("ssd_mobilenet_v1_coco_2018_01_28", "ssd_mobilenet_v1_coco/frozen_inference_graph.pb.xz"),
    ("ssd_mobilenet_v2_coco_2018_03_29", "ssd_mobilenet_v2_coco/frozen_inference_graph.pb.xz"),
    ("ssdlite_mobilenet_v2_coco_2018_05_09", "ssdlite_mobilenet_v2_coco/frozen_inference_graph.pb.xz"),
    ("ssd_mobilenet_v3_large_coco_2020_01_14", "ssdlite_mobilenet_v3_large_320x320_coco/raw_outputs_graph.pb.xz"),
    ("ssd_mobilenet_v3_small_coco_2020_01_14", "ssdlite_mobilenet_v3_small_320x320_coco/raw_outputs_graph.pb.xz"),
  ]

  /// Makes the folder `name` as it is unpacked, and the download beside it; returns the paths of both.
  private func download(_ name: String, _ graph: String) throws -> (unpacked: String, packed: String) {
    let source = TestData.shared("synth/tf/\(graph)")
    let inner = folder.url(name)
    try FileManager.default.createDirectory(
      at: inner.appending(path: "saved_model"), withIntermediateDirectories: true)
    try Data("model_checkpoint_path: 'model.ckpt'\n".utf8).write(to: inner.appending(path: "checkpoint"))
    try Data(repeating: 7, count: 3_000_000).write(to: inner.appending(path: "model.ckpt.data-00000-of-00001"))
    try FileManager.default.copyItem(
      at: TestData.unpacked(source), to: inner.appending(path: "frozen_inference_graph.pb"))
    try FileManager.default.copyItem(
      at: source.deletingLastPathComponent().appending(path: "pipeline.config"),
      to: inner.appending(path: "pipeline.config"))
    let packed = folder.url("\(name).tar.gz")
    let ended = try Ended(
      URL(filePath: "/usr/bin/env"),
      ["tar", "-C", folder.url.path, "-I", "gzip -1", "-cf", packed.path, name])
    try #require(ended.status == 0, "\(ended.errors)")
    return (inner.path, packed.path)
  }

  @Test(arguments: archives) func aDownloadIsItsUnpackedFolder(name: String, graph: String) throws {
    let (unpacked, packed) = try download(name, graph)
    let (plain, archived) = (
      try Program.run(["inspect", "--json", unpacked]), try Program.run(["inspect", "--json", packed])
    )
    #expect(plain.status == 0 && archived.status == 0, "\(archived.errors)")
    #expect(archived.output.contains("\"name\":\"\(name)\"") && archived.output.contains("\"labels_from\":\"COCO\""))
    // The hash is that of the file that was named, or of the folder's largest.
    let hash = /"sha256":"[0-9a-f]{64}",/
    #expect(archived.output.contains(hash) && plain.output.contains(hash))
    #expect(
      archived.output.replacing(packed, with: unpacked).replacing(hash, with: "")
        == plain.output.replacing(hash, with: ""))
    #expect(archived.errors.replacing(packed, with: unpacked) == plain.errors)
  }

  @Test func aDownloadDetectsWhatItsUnpackedFolderDoes() throws {
    let (unpacked, packed) = try download(Self.archives[4].0, Self.archives[4].1)
    let picture = TestData.shared("golden/frames/vtest_t20.png").path
    let (plain, archived) = (
      try Program.run(["detect", picture, "--threshold", "0.1", "--model", unpacked]),
      try Program.run(["detect", picture, "--threshold", "0.1", "--model", packed])
    )
    #expect(plain.status == 0 && archived.status == 0, "\(archived.errors)")
    #expect(plain.output.contains("\"label\"") && archived.output == plain.output)
  }

  /// Nothing is unpacked beside it or in the folder for what is temporary.
  @Test func aDownloadIsReadWhereNothingCanBeWritten() throws {
    let (unpacked, packed) = try download(Self.archives[4].0, Self.archives[4].1)
    try FileManager.default.removeItem(atPath: unpacked)
    let ending = try Program(["inspect", "--json", packed], environment: ["TMPDIR": "/nowhere"], fileLimit: 2000)
      .ending()
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
  }

  @Test func aBrokenDownloadIsToldInOneLine() throws {
    let (_, packed) = try download(Self.archives[4].0, Self.archives[4].1)
    let handle = try FileHandle(forWritingTo: URL(filePath: packed))
    try handle.truncate(atOffset: 1_000_000)
    let ending = try Program.run(["--model", packed, "--input", "testpattern:64x48@10:3:file"])
    #expect(ending.status == 1 && ending.output.isEmpty)
    #expect(
      ending.errors.hasPrefix("stream: \(packed): ssd_mobilenet_v3_small_coco_2020_01_14/")
        && ending.errors.hasSuffix(": truncated gzip input\n"), "\(ending.errors)")
  }
}
