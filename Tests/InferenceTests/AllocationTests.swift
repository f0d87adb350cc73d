import Foundation
import Testing

@Suite struct AllocationTests {
  @Test func aSessionAllocatesNothingAfterItsFirstRun() throws {
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "allocation-count")
    let process = Process()
    let pipe = Pipe()
    process.executableURL = program
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd().map { String(decoding: $0, as: UTF8.self) }
    process.waitUntilExit()
    #expect(output == "0 true\n0 true\n")
  }
}
