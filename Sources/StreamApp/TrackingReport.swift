internal import Evaluation
internal import JSON

/// What `stream evaluate --mot` has to tell.
struct TrackingReport {
  /// The scores of one sequence, or of all as one.
  struct Sequence {
    let name: String
    let clear: ClearMOT
    let identity: IdentityScore
    let hota: HOTA

    /// Scores `sequence`.
    init(name: String, _ sequence: TrackingSequence) {
      self.name = name
      (clear, identity, hota) = (ClearMOT(sequence), IdentityScore(sequence), HOTA(sequence))
    }

    /// Adds up `sequences`.
    init(sumOf sequences: [Sequence]) {
      name = "all"
      clear = ClearMOT(sumOf: sequences.map(\.clear))
      identity = IdentityScore(sumOf: sequences.map(\.identity))
      hota = HOTA(sumOf: sequences.map(\.hota))
    }
  }

  /// The benchmarks whose rules held.
  let rules: String
  /// Where the tracks are from.
  let tracks: String
  let sequences: [Sequence]
  private let all: Sequence

  init(rules: String, tracks: String, sequences: [Sequence]) {
    (self.rules, self.tracks, self.sequences) = (rules, tracks, sequences)
    all = Sequence(sumOf: sequences)
  }

  /// A table for people; shares in percent.
  var text: String {
    let head = [
      "sequence", "HOTA", "DetA", "AssA", "MOTA", "MOTP", "IDF1", "objects", "misses", "false", "switches", "fragments",
    ]
    let rows = (sequences.count > 1 ? sequences + [all] : sequences).map { sequence in
      let (clear, hota) = (sequence.clear, sequence.hota)
      let shares = [
        hota.hota, hota.detectionAccuracy, hota.associationAccuracy, clear.mota, clear.motp, sequence.identity.f1,
      ]
      let counts = [
        clear.objects, clear.misses, clear.falsePositives, clear.identitySwitches, clear.fragments,
      ]
      return [sequence.name] + shares.map { decimal(100 * $0, 2) } + counts.map(String.init)
    }
    return "tracks: \(tracks); rules of \(rules)\n\n\(Table.text([head] + rows))"
  }

  /// One JSON object.
  var json: String {
    JSONWriter.text {
      $0.member("benchmark", rules)
      $0.member("sequences", each: sequences) { json, sequence in
        json.object {
          $0.member("name", sequence.name)
          $0.scores(of: sequence)
        }
      }
      $0.member("all") { $0.scores(of: all) }
    }
  }
}

extension JSONWriter {
  /// Writes the members of one sequence's scores.
  fileprivate mutating func scores(of sequence: TrackingReport.Sequence) {
    let (clear, hota) = (sequence.clear, sequence.hota)
    share("hota", hota.hota)
    share("deta", hota.detectionAccuracy)
    share("assa", hota.associationAccuracy)
    share("loca", hota.localization)
    share("mota", clear.mota)
    share("motp", clear.motp)
    share("idf1", sequence.identity.f1)
    member("objects", clear.objects)
    member("matches", clear.matches)
    member("misses", clear.misses)
    member("false_positives", clear.falsePositives)
    member("switches", clear.identitySwitches)
    member("fragments", clear.fragments)
    member("mostly_tracked", clear.mostlyTracked)
    member("partly_tracked", clear.partlyTracked)
    member("mostly_lost", clear.mostlyLost)
  }
}
