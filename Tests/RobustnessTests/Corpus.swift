import Foundation
import FuzzTargets
import TestData
import Testing

/// The committed files from which fuzzing starts, and those in which it found a fault: a folder for each target.
enum Corpus {
  static func folder(_ target: FuzzTarget) -> URL {
    TestData.checkout.appending(path: "Tests/FuzzCorpus/\(target.rawValue)")
  }

  /// All files for `target`.
  static func files(_ target: FuzzTarget) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder(target), includingPropertiesForKeys: nil)
  }
}

/// Every file of the corpus is read again, those of one target by the others too.
@Suite struct CorpusTests {
  @Test(arguments: FuzzTarget.withCorpus) func noFileOfTheCorpusTraps(target: FuzzTarget) throws {
    var count = 0
    for other in FuzzTarget.withCorpus {
      for file in try Corpus.files(other) {
        try Data(contentsOf: file).withUnsafeBytes { _ = target.read($0) }
        count += 1
      }
    }
    #expect(count > 5)
  }

  /// What the mutations start from must be whole, or they would not reach far.
  @Test func theTinyDetectorsRun() throws {
    for target in [FuzzTarget.graph, .archive, .lite, .onnx, .caffe, .prototxt] {
      let files = try Corpus.files(target).filter { $0.lastPathComponent.hasPrefix("tiny-") }
      #expect(!files.isEmpty)
      for file in files {
        let outcome = try Data(contentsOf: file).withUnsafeBytes { target.read($0) }
        #expect(outcome == .whole, "\(file.lastPathComponent)")
      }
    }
  }

  @Test func theCorpusIsSmall() throws {
    let sizes = try FuzzTarget.withCorpus.flatMap { try Corpus.files($0) }
      .map { try Data(contentsOf: $0).count }
    #expect(sizes.reduce(0, +) < 300_000)
  }
}
