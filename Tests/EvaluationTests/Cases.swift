import Evaluation
import Foundation
import TestData

/// The made-up cases and what the references make of them; `Cases/make-cases` wrote both.
enum Cases {
  static let folder = TestData.checkout.appending(path: "Tests/EvaluationTests/Cases")

  /// What pycocotools says of a case of detections, and a plain reading of VOC's rules.
  struct Precision: Decodable {
    /// COCO's twelve.
    let figures: [Double]
    /// By category: COCO's average precision, VOC's of 2007 and of 2010.
    let classes: [String: [Double]]

    static func all() throws -> [String: Precision] { try decoded("detections/expected.json") }
  }

  /// What TrackEval says of a sequence of tracks, by the names of its scores.
  typealias Tracks = [String: Double]

  /// By benchmark, then by sequence; `all` is all of the benchmark as one.
  static func tracks() throws -> [String: [String: Tracks]] { try decoded("tracks/expected.json") }

  /// Returns what differs by more than 10^−6.
  static func differences(_ clear: ClearMOT, _ identity: IdentityScore, _ hota: HOTA, from expected: Tracks) -> [String]
  {
    let ours: Tracks = [
      "hota": hota.hota, "deta": hota.detectionAccuracy, "assa": hota.associationAccuracy, "loca": hota.localization,
      "mota": clear.mota, "motp": clear.motp, "idf1": identity.f1, "matches": Double(clear.matches),
      "misses": Double(clear.misses), "false_positives": Double(clear.falsePositives),
      "switches": Double(clear.identitySwitches), "fragments": Double(clear.fragments),
      "mostly_tracked": Double(clear.mostlyTracked), "partly_tracked": Double(clear.partlyTracked),
      "mostly_lost": Double(clear.mostlyLost),
    ]
    return Set(ours.keys).union(expected.keys).sorted().compactMap { name in
      guard let one = ours[name], let other = expected[name], abs(one - other) < 1e-6 else {
        return "\(name): \(ours[name] ?? .nan), not \(expected[name] ?? .nan)"
      }
      return nil
    }
  }

  /// Returns the content of a file of `folder`.
  static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: path))) }

  private static func decoded<Value: Decodable>(_ path: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: folder.appending(path: path)))
  }
}
