import Pixels
import Scene

/// A picture of packed red, green and blue bytes.
final class PictureHome: FrameHome, @unchecked Sendable {
  private let bytes: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: [UInt8]) {
    self.bytes = .allocate(capacity: bytes.count)
    _ = self.bytes.initialize(fromContentsOf: bytes)
  }

  deinit { bytes.deallocate() }

  func takeBack(_ index: Int) {}

  func frame(_ width: Int, _ height: Int) -> Frame {
    precondition(bytes.count == 3 * width * height)
    return Frame(
      width: width, height: height, format: .rgb24, stamp: FrameStamp(number: 0, time: FrameTime(sinceFirst: .zero)),
      planes: (Plane(start: bytes.baseAddress!, stride: 3 * width), nil, nil), home: self)
  }
}

/// What a reference runtime detected in one picture.
struct GoldenDetections {
  /// One detection.
  struct Item {
    let rect: PixelRect
    let score: Double
    let classID: Int
  }

  private let items: [Item]

  init(_ items: [Item]) { self.items = items }

  /// Pairs each golden detection that scores above `bar` with a found one of the same class, an overlap of `leastOverlap`
  /// and a score within `margin`, best overlap first, and returns those on either side that have no partner; scores
  /// within `margin` of the bar may.
  func unmatched(
    _ found: [Detection], above bar: Double, within margin: Double = 0.003, overlapping leastOverlap: Double = 0.99
  ) -> [String] {
    let expected = items.filter { $0.score > bar }
    var pairs: [(overlap: Double, expected: Int, found: Int)] = []
    for (index, golden) in expected.enumerated() {
      for (other, mine) in found.enumerated()
      where mine.classID == golden.classID && abs(Double(mine.score) - golden.score) <= margin {
        let overlap = mine.rect.intersectionOverUnion(with: golden.rect)
        if overlap >= leastOverlap { pairs.append((overlap, index, other)) }
      }
    }
    var (missing, extra) = (Set(expected.indices), Set(found.indices))
    for pair in pairs.sorted(by: { $0.overlap > $1.overlap })
    where missing.contains(pair.expected) && extra.contains(pair.found) {
      missing.remove(pair.expected)
      extra.remove(pair.found)
    }
    return missing.filter { expected[$0].score > bar + margin }.map { "missing \(expected[$0])" }
      + extra.filter { Double(found[$0].score) > bar + margin }.map { "extra \(found[$0])" }
  }
}
