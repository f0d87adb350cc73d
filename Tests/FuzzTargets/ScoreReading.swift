import Evaluation
import Scene

/// Takes bytes for files of `stream evaluate`, and scores what they hold.
enum ScoreReading {
  /// Annotations, each found where it is; else results about pictures and categories that are there.
  static func detections(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    let bytes = [UInt8](bytes)
    do throws(COCOError) {
      let truth: COCOTruth
      let found: [COCODetection]
      if bytes.first == UInt8(ascii: "[") {
        truth = try known
        found = try COCOResults.detections(parsing: bytes, file: "results", of: truth).detections
      } else {
        truth = try COCOTruth(parsing: bytes, file: "annotations")
        found = truth.objects.enumerated().map { index, object in
          COCODetection(
            picture: object.picture, category: object.category, box: object.box, score: Double(index % 7) / 7)
        }
      }
      let shares = COCOScores(found, truth: truth).figures.map(\.value) + [VOCScores(found, truth: truth).elevenPoints]
      precondition(shares.allSatisfy { $0 == -1 || (0...1.000001).contains($0) }, "A share is none: \(shares)")
      _ = COCOResults.bytes(of: found)
      return .whole
    } catch { return .refused(because: error) }
  }

  /// Lines, held against themselves moved a little.
  static func tracks(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    let text = String(decoding: bytes, as: UTF8.self)
    _ = MOTChallenge.frameCount(inInfo: text)
    do {
      let truth = try MOTChallenge.entries(in: text)
      let tracks = truth.map { entry in
        MOTChallengeEntry(
          frame: entry.frame, id: entry.id ^ (entry.frame & 4),
          rect: PixelRect(
            left: entry.rect.left + 1, top: entry.rect.top, right: entry.rect.right, bottom: entry.rect.bottom + 2),
          confidence: 1)
      }
      for benchmark in [MOTBenchmark.mot15, .mot17] {
        let sequence = try TrackingSequence(truth: truth, tracks: tracks, benchmark: benchmark)
        let hota = HOTA(sequence).hota
        precondition(ClearMOT(sequence).mota <= 1 && IdentityScore(sequence).f1 <= 1, "A share is more than all.")
        precondition((0...1.000001).contains(hota), "HOTA is none: \(hota)")
      }
      return .whole
    } catch { return .refused(because: error) }
  }

  /// The pictures and categories of the seeds.
  private static var known: COCOTruth {
    get throws(COCOError) {
      let pictures = [3, 10, 17, 24, 31].map { #"{"id":\#($0)}"# }.joined(separator: ",")
      let objects = [3, 10, 17, 24, 31].map {
        #"{"id":\#($0),"image_id":\#($0),"category_id":1,"bbox":[10,10,\#($0),50],"area":900,"iscrowd":0}"#
      }
      let text = #"{"images":[\#(pictures)],"categories":[{"id":1,"name":"a"},{"id":2,"name":"b"}],"annotations":["#
      return try COCOTruth(parsing: Array("\(text)\(objects.joined(separator: ","))]}".utf8), file: "known")
    }
  }
}
