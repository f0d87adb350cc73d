import Foundation
import TestData

/// The beginning of the sample footage, for tests that need people in it and not all of it.
enum Clip {
  /// Writes the first `count` pictures as they are into a file of `folder`, and returns its path.
  static func ofFirst(_ count: Int, in folder: TemporaryFolder) throws -> String {
    let path = folder.path("clip.avi")
    let ended = try Ended(
      URL(filePath: "/usr/bin/env"),
      ["ffmpeg", "-loglevel", "error", "-i", TestData.footage.path, "-frames:v", String(count), "-c", "copy", path])
    guard ended.status == 0 else { throw Failure(errors: ended.errors) }
    return path
  }

  /// FFmpeg's program did not make one.
  struct Failure: Error { let errors: String }
}
