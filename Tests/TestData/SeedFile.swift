public import Foundation

/// A committed file that a test's code writes.
public enum SeedFile {
  /// Returns whether the file holds `bytes`; with `STREAM_SEEDS` set it is written first.
  ///
  /// - Throws: what Foundation throws where it cannot be read or written.
  public static func holds(_ bytes: [UInt8], at file: URL) throws -> Bool {
    if ProcessInfo.processInfo.environment["STREAM_SEEDS"] != nil { try Data(bytes).write(to: file) }
    return try Data(contentsOf: file) == Data(bytes)
  }
}
