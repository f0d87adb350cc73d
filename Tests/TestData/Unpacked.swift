public import Foundation

extension TestData {
  /// Returns the content of an `.xz` file, in a file of its own below `cache`, unpacked once.
  public static func unpacked(_ archive: URL) throws -> URL {
    // The folder's name too: in every folder the file has the same name.
    let name = archive.deletingPathExtension().lastPathComponent
    let folder = cache.appending(path: "unpacked/\(archive.deletingLastPathComponent().lastPathComponent)")
    let target = folder.appending(path: name)
    if FileManager.default.fileExists(atPath: target.path) { return target }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let fresh = folder.appending(path: "\(name).\(UUID().uuidString)")
    try Data().write(to: fresh)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["xz", "-dc", archive.path]
    process.standardOutput = try FileHandle(forWritingTo: fresh)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0, rename(fresh.path, target.path) == 0 else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return target
  }

  /// Returns the folder below `cache` with the content of a `.tar.xz` file, unpacked once.
  public static func untarred(_ archive: URL) throws -> URL {
    let folder = cache.appending(path: "unpacked/\(archive.deletingLastPathComponent().lastPathComponent)")
    let target = folder.appending(path: archive.deletingPathExtension().deletingPathExtension().lastPathComponent)
    if FileManager.default.fileExists(atPath: target.path) { return target }
    let fresh = folder.appending(path: "\(target.lastPathComponent).\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: fresh, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["tar", "-xJf", archive.path, "-C", fresh.path]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
    // Another test may have been first: then its folder stays.
    if rename(fresh.path, target.path) != 0 { try FileManager.default.removeItem(at: fresh) }
    return target
  }
}
