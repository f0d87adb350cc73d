/// Whether a live stream's pictures are made of ones that were lost or damaged.
///
/// Damage lasts until the next key frame; where a stream has none, but renews its pictures bit by bit, for `longest`.
package struct Taint: Sendable {
  private let isIntraOnly: Bool
  /// When the last damage came, on the monotonic clock; nil where all is well.
  private var since: Duration?
  private var time = Duration.zero

  /// What a stream without key frames needs, at most, to renew all of its picture.
  static let longest = Duration.seconds(10)

  /// - Parameter isIntraOnly: whether each picture stands for itself, so that damage harms it alone.
  package init(isIntraOnly: Bool) { self.isIntraOnly = isIntraOnly }

  /// Notes a packet that came at `time`.
  package mutating func packet(isKey: Bool, isCorrupt: Bool, at time: Duration) {
    self.time = time
    if isKey || isIntraOnly { since = nil }
    if isCorrupt { since = time }
  }

  /// Notes damage that the decoder found in what came at `time`.
  package mutating func damage(at time: Duration) { since = time }

  /// Whether the picture that comes next is made of what was lost.
  package var isCorrupt: Bool { since.map { time - $0 < Self.longest } ?? false }
}
