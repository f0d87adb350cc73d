/// A year of the MOTChallenge, whose ground truth decides what counts.
package enum MOTBenchmark: String, CaseIterable, Sendable {
  case mot15 = "MOT15"
  case mot16 = "MOT16"
  case mot17 = "MOT17"
  case mot20 = "MOT20"

  /// The benchmark that a sequence's name begins with, `MOT17-02-FRCNN`; MOT15 where it begins with none.
  package init(sequence: String) {
    self = Self.allCases.first { sequence.uppercased().hasPrefix($0.rawValue) } ?? .mot15
  }

  /// Whether true boxes have classes, of which pedestrians count only.
  var hasClasses: Bool { self != .mot15 }

  /// The class of pedestrians.
  package static let pedestrian = 1
  /// All classes that ground truth knows.
  static let classes = 1...13

  /// The classes whose objects a tracker may take for pedestrians unpunished: people on vehicles, static ones,
  /// distractors, reflections; in MOT20 vehicles too.
  var distractors: Set<Int> { self == .mot20 ? [2, 6, 7, 8, 12] : [2, 7, 8, 12] }
}
