import Foundation
import Testing

/// The memory of a long run.
@Suite struct MemoryTests {
  /// With a small network a run of many frames takes a second; what each frame would leave behind is the same.
  @Test func memoryStaysBounded() throws {
    let short = try peak(frames: 300)
    let long = try peak(frames: 30_000)
    #expect(long < short + 8 << 20, "\(short) and \(long) bytes")
  }

  /// The peak resident memory of a run over a test pattern, in bytes, from the line that `--stats` prints.
  private func peak(frames: Int) throws -> Int {
    let ending = try Program.run(["--input", "testpattern:320x240@1000:\(frames):file", "--stats", "--track", "none"])
    #expect(ending.lines.count == frames)
    let line = try #require(ending.errors.firstMatch(of: #/peak memory ([0-9.]+) MB/#))
    return Int(try #require(Double(line.1)) * 1e6)
  }
}
