package import Pixels
package import Scene

/// What the label of an object says: in full, and in brief where there is little room.
package struct LabelText: Equatable {
  /// The class.
  package let name: String
  /// What stands behind the name in the full text: number of the track, where there is one, and score in percent.
  package let facts: String
  /// The number of the track, or the name where there is none.
  package let brief: String

  /// Of longer names the rest is not looked at.
  private static let longestName = 100

  /// The text for `object`.
  package init(_ object: SeenObject) {
    let score = object.score.isFinite ? Int((min(max(object.score, 0), 1) * 100).rounded()) : 0
    name = String(object.label.prefix(Self.longestName))
    facts = object.id.map { "\($0) \(score)%" } ?? "\(score)%"
    brief = object.id.map(String.init) ?? name
  }

  /// Returns the full text in `lettering`, at most `width` pixels wide: its name is shortened where it must be.
  package func full(in lettering: inout Lettering, toFit width: Int) -> String {
    let end = " \(facts)"
    let short = lettering.shortened(name, toFit: width - lettering.width(of: end))
    return short.isEmpty ? lettering.shortened(facts, toFit: width) : short + end
  }
}
