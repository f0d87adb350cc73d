import Foundation
import Posix
import Testing

@Suite struct FilePlaceTests {
  /// Runs `body` with a folder of the test's own.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "places-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appending(path: "in"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func link(_ name: String, to target: String, in folder: URL) throws -> String {
    let path = folder.appending(path: name).path
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    return path
  }

  @Test func allPathsToAFileThatIsNotThereYetAreOnePlace() throws {
    try withFolder { folder in
      let place = FilePlace(path: "\(folder.path)/in/a")
      #expect(place != nil)
      for path in ["\(folder.path)/in/./a", "\(folder.path)/in/../in/a", "\(folder.path)//in//a"] {
        #expect(FilePlace(path: path) == place, "\(path)")
      }
      let links = [
        try link("l", to: "in/a", in: folder), try link("m", to: "\(folder.path)/in/a", in: folder),
        try link("n", to: "l", in: folder), try link("folder", to: "in", in: folder) + "/a",
      ]
      for path in links { #expect(FilePlace(path: path) == place, "\(path)") }
      #expect(FilePlace(path: "\(folder.path)/a") != place && FilePlace(path: "\(folder.path)/in/b") != place)
      // What is there is itself.
      try Data().write(to: folder.appending(path: "in/a"))
      #expect(FilePlace(path: links[0]) == FilePlace(path: "\(folder.path)/in/a"))
      #expect(FilePlace(path: links[0]) != place)
    }
  }

  @Test func whereNoFolderIsThereIsNoPlace() throws {
    try withFolder { folder in
      #expect(FilePlace(path: "\(folder.path)/no/a") == nil && FilePlace(path: "") == nil)
      // A link that leads to itself.
      let circle = try link("self", to: "self", in: folder)
      #expect(FilePlace(path: circle) == nil)
      #expect(FilePlace(path: "a-file-that-is-not-there") != nil)
    }
  }
}
