import Foundation
import Posix

/// A folder that is gone, with all that is in it, when it is dropped.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "stream-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of `name` in the folder.
  func path(_ name: String) -> String { url.appending(path: name).path }

  /// What the file `name` holds.
  func text(_ name: String) throws -> String {
    let file = try MappedFile(path: path(name))
    return withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
  }
}
