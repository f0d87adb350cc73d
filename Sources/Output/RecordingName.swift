internal import Posix
internal import Scene

/// Names for the files of one recording, made of the path that was asked for: `door/out.mp4` gives
/// `door/out-20261126T064500Z.mp4`.
package struct RecordingName: Sendable, Equatable {
  /// The path as it was asked for.
  package let path: String
  /// The path up to its extension, and the extension with its dot; empty where there is none.
  private let (stem, ending): (String, String)

  package init(path: String) {
    self.path = path
    ending = PathParts(path).ending
    stem = String(path.dropLast(ending.count))
  }

  /// The folder that they are in, `.` where the path has none.
  package var folder: String { PathParts(path).folder }

  /// Returns the path of the file that begins `sinceEpoch` after 1970-01-01T00:00:00Z; `number` tells apart what begins
  /// in the same second, from 1 on.
  package func path(at sinceEpoch: Duration, number: Int = 1) -> String {
    "\(stem)-\(UTCText(sinceEpoch: sinceEpoch).nameText)\(number > 1 ? "-\(number)" : "")\(ending)"
  }

  /// Returns such paths that nothing has, each looked for when it is asked for; 1000 are tried.
  package func freePaths(at sinceEpoch: Duration) -> some Collection<String> {
    (1...1000).lazy.map { path(at: sinceEpoch, number: $0) }.filter { FileIdentity(path: $0) == nil }
  }
}
