import Foundation

/// A box with a score, by its edges.
struct Sighting {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double
  var score: Double

  func overlap(_ other: Sighting) -> Double {
    let (width, height) = (
      min(right, other.right) - max(left, other.left), min(bottom, other.bottom) - max(top, other.top)
    )
    guard width > 0, height > 0 else { return 0 }
    let areas = (right - left) * (bottom - top) + (other.right - other.left) * (other.bottom - other.top)
    return width * height / (areas - width * height)
  }
}

/// Pairs expected sightings with found ones, best overlap first, each at most once.
///
/// Returns for each expected one the index of its partner, or nil.
func pairs(_ expected: [Sighting], _ found: [Sighting], overlap: Double, score: Double) -> [Int?] {
  var candidates: [(overlap: Double, expected: Int, found: Int)] = []
  for (i, one) in expected.enumerated() {
    for (j, other) in found.enumerated() where abs(one.score - other.score) <= score {
      let common = one.overlap(other)
      if common >= overlap { candidates.append((common, i, j)) }
    }
  }
  candidates.sort { $0.overlap > $1.overlap }
  var partners = [Int?](repeating: nil, count: expected.count)
  var taken: Set<Int> = []
  for candidate in candidates where partners[candidate.expected] == nil && taken.insert(candidate.found).inserted {
    partners[candidate.expected] = candidate.found
  }
  return partners
}

/// One line of the event log.
struct EventLine: Decodable {
  struct Object: Decodable {
    let id: Int?
    let label: String
    let `class`: Int
    let score: Double
    let box: [Double]
    let predicted: Bool?

    var sighting: Sighting {
      Sighting(left: box[0], top: box[1], right: box[0] + box[2], bottom: box[1] + box[3], score: score)
    }
  }

  let frame: Int
  let run: String?
  let time: Double
  let captured: String?
  let age: Double?
  let dropped: Int?
  let lost: Int?
  let detected: Bool?
  let width: Int
  let height: Int
  let objects: [Object]

  /// Returns the lines of an event log.
  static func all(in text: some StringProtocol) throws -> [EventLine] {
    try text.split(separator: "\n").map { try JSONDecoder().decode(EventLine.self, from: Data($0.utf8)) }
  }
}
