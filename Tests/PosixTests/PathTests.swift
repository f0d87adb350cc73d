import Foundation
import Posix
import Testing

@Suite struct PathTests {
  @Test func patternsAreExpandedAndSorted() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "stream-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try Directory.make(folder.path)
    try Directory.make(folder.path)
    for name in ["b.png", "a.png", "c.jpg"] { try Data().write(to: folder.appending(path: name)) }
    let prefix = folder.path + "/"
    #expect(try PathPattern.paths(matching: prefix + "*.png") == [prefix + "a.png", prefix + "b.png"])
    #expect(try PathPattern.paths(matching: prefix + "[bc].*") == [prefix + "b.png", prefix + "c.jpg"])
    #expect(try PathPattern.paths(matching: prefix + "*.bmp") == [])
    #expect(try Set(Directory.entries(of: folder.path)) == ["a.png", "b.png", "c.jpg"])
    #expect(PathPattern.isPattern("*.png") && PathPattern.isPattern("a?") && !PathPattern.isPattern("a.png"))
    let error = #expect(throws: PosixError.self) { try Directory.make(prefix + "a.png") }
    #expect(error?.reason == "file exists")
    #expect(throws: PosixError.self) { try Directory.make(prefix + "no/folder") }
  }

  @Test func aMemoryFileHoldsWhatAPipeGives() throws {
    let bytes = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    for limit in [bytes.count, 1 << 20, 70_000, 0] {
      let source = FileManager.default.temporaryDirectory.appending(path: "stream-\(UUID())")
      defer { try? FileManager.default.removeItem(at: source) }
      try bytes.write(to: source)
      let opened = try Descriptor(opening: source.path, flags: O_RDONLY)
      let made = try MemoryFile(copying: opened.number, limit: limit, interrupt: Interrupt())
      guard let held = made else {
        Issue.record("interrupted")
        return
      }
      #expect(try Data(contentsOf: URL(filePath: held.path)) == bytes.prefix(limit))
    }
    let (interrupt, pipe) = (Interrupt(), Pipe())
    interrupt.request()
    let cut = try MemoryFile(
      copying: pipe.fileHandleForReading.fileDescriptor, limit: 9, interrupt: interrupt)
    let isNothing = cut == nil
    #expect(isNothing)
  }
}
