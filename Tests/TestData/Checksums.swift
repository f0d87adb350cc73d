public import Foundation

extension TestData {
  /// Returns the SHA-256 of each of `contents`, as `sha256sum` prints it.
  public static func checksums(of contents: [Data]) throws -> [String] {
    let folder = try TemporaryFolder()
    let paths = contents.indices.map { folder.path("\($0)") }
    for (path, content) in zip(paths, contents) { try content.write(to: URL(filePath: path)) }
    return try Ended(URL(filePath: "/usr/bin/sha256sum"), paths).lines.map { String($0.prefix(64)) }
  }
}
