import FFmpeg
import Foundation
import FuzzTargets
import TestData
import Testing

/// Damaged files by the thousand: an error or what can be read, never a trap, never without end, in bounded memory.
///
/// They are read by `mutation-run`, a process of its own, whose memory and end can be told from those of other tests.
@Suite struct MutationTests {
  /// What `mutation-run` has to tell.
  private struct Account {
    var counts: [String: Int] = [:]
    /// The most memory that it held, in MB.
    var peak = Int.max

    /// Damages the files of `folder` in the ways 0 to `count` and lets `target` read them.
    init(_ target: FuzzTarget, seeds folder: URL, count: Int) throws {
      let ended = try Ended(
        TestData.built("mutation-run"), [target.rawValue, folder.path, "0", String(count)],
        environment: ["SWIFT_BACKTRACE": "enable=no"])
      // A trap ends it in the case that it announced last.
      try #require(ended.status == 0, "\(target) seeds \(folder.path): \(ended.lines.last ?? "") \(ended.errors)")
      for line in ended.lines {
        let words = line.split(separator: " ")
        if words.count == 2, let number = Int(words[1]) { counts[String(words[0])] = number }
      }
      peak = counts["peak"] ?? peak
    }

    subscript(outcome: Outcome) -> Int { counts[outcome.rawValue] ?? 0 }
  }

  /// Returns how many of `count` cases are tried: all in the build that is shipped, a fortieth in the slow debug build.
  private static func scaled(_ count: Int) -> Int {
    #if DEBUG
      count / 40
    #else
      count
    #endif
  }

  /// Returns how many MB are allowed where `size` are: sanitizers, with which the debug build is tested, keep freed memory.
  private static func memory(_ size: Int) -> Int {
    #if DEBUG
      8 * size
    #else
      size
    #endif
  }

  @Test func damagedModelsAreRefusedByNameOrRun() throws {
    let account = try Account(.graph, seeds: Corpus.folder(.graph), count: Self.scaled(10_000))
    #expect(account[.refused] > Self.scaled(3000) && account[.whole] > Self.scaled(500))
    #expect(account.peak < Self.memory(256))
  }

  @Test func damagedArchivesAreRefusedByNameOrRead() throws {
    let account = try Account(.archive, seeds: Corpus.folder(.archive), count: Self.scaled(2000))
    #expect(account[.refused] > Self.scaled(1000) && account[.whole] > Self.scaled(40))
    #expect(account.peak < Self.memory(256))
  }

  /// Half of the cases begin with a file that is damaged already.
  @Test func damagedBundlesAreRefusedOrRead() throws {
    let account = try Account(.bundle, seeds: Corpus.folder(.bundle), count: Self.scaled(3000))
    #expect(account[.refused] > Self.scaled(1000) && account[.whole] > Self.scaled(60))
    #expect(account.peak < Self.memory(128))
  }

  @Test func damagedMessagesAreWalkedToTheirEnd() throws {
    let account = try Account(.wire, seeds: Corpus.folder(.graph), count: Self.scaled(5000))
    #expect(account[.refused] > Self.scaled(1000) && account[.whole] > Self.scaled(1000))
    #expect(account.peak < Self.memory(128))
  }

  @Test func damagedTensorFlowLiteModelsAreRefusedByNameOrRun() throws {
    let account = try Account(.lite, seeds: Corpus.folder(.lite), count: Self.scaled(6000))
    #expect(account[.refused] > Self.scaled(3000) && account[.whole] > Self.scaled(250))
    #expect(account.peak < Self.memory(256))
  }

  @Test func damagedONNXModelsAreRefusedByNameOrRun() throws {
    let account = try Account(.onnx, seeds: Corpus.folder(.onnx), count: Self.scaled(6000))
    #expect(account[.refused] > Self.scaled(2000) && account[.whole] > Self.scaled(250))
    #expect(account.peak < Self.memory(256))
  }

  @Test func damagedFlatbuffersAreWalkedToTheirEnd() throws {
    let account = try Account(.flatbuffer, seeds: Corpus.folder(.flatbuffer), count: Self.scaled(3000))
    #expect(account[.refused] > Self.scaled(800) && account[.whole] > Self.scaled(500))
    #expect(account.peak < Self.memory(128))
  }

  @Test(arguments: [FuzzTarget.pickle, .zip, .safetensors, .checkpoint])
  func damagedStateDictsAreRefusedOrRead(target: FuzzTarget) throws {
    let account = try Account(target, seeds: Corpus.folder(target), count: Self.scaled(4000))
    #expect(account[.refused] > Self.scaled(1000) && account[.whole] > Self.scaled(100))
    #expect(account.peak < Self.memory(128))
  }

  @Test func damagedLabelMapsAreRefusedOrRead() throws {
    let account = try Account(.labels, seeds: Corpus.folder(.labels), count: Self.scaled(2000))
    #expect(account[.refused] > Self.scaled(500) && account[.whole] > Self.scaled(50))
    #expect(account.peak < Self.memory(128))
  }

  @Test func damagedAnnotationsAndResultsAreRefusedOrScored() throws {
    let account = try Account(.coco, seeds: Corpus.folder(.coco), count: Self.scaled(3000))
    #expect(account[.refused] > Self.scaled(1000) && account[.whole] > Self.scaled(400))
    #expect(account.peak < Self.memory(128))
  }

  @Test func damagedTracksAreRefusedOrScored() throws {
    let account = try Account(.mot, seeds: Corpus.folder(.mot), count: Self.scaled(3000))
    #expect(account[.refused] > Self.scaled(1000) && account[.whole] > Self.scaled(200))
    #expect(account.peak < Self.memory(128))
  }

  @Test func damagedCaffeModelsAreRefusedByNameOrRun() throws {
    let account = try Account(.caffe, seeds: Corpus.folder(.caffe), count: Self.scaled(4000))
    #expect(account[.refused] > Self.scaled(1000) && account[.whole] > Self.scaled(100))
    #expect(account.peak < Self.memory(256))
  }

  @Test func damagedCaffeTextsAreRefusedByNameOrRun() throws {
    let account = try Account(.prototxt, seeds: Corpus.folder(.prototxt), count: Self.scaled(4000))
    #expect(account[.refused] > Self.scaled(1000) && account[.whole] > Self.scaled(100))
    #expect(account.peak < Self.memory(512))
  }

  @Test func damagedSidecarsAreRefusedOrRead() throws {
    let account = try Account(.sidecar, seeds: Corpus.folder(.sidecar), count: Self.scaled(2000))
    #expect(account[.refused] > Self.scaled(500) && account[.whole] > Self.scaled(50))
    #expect(account.peak < Self.memory(128))
  }

  @Test func damagedFootageGivesWhatCanBeDecoded() throws {
    let clips = try Clips()
    let account = try Account(.footage, seeds: clips.folder, count: Self.scaled(1500))
    #expect(account[.refused] > Self.scaled(300) && account[.whole] > Self.scaled(300))
    #expect(account.peak < Self.memory(256))
  }
}
