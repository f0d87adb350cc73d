import Capture
import Foundation
import Pixels
import Posix
import Scene
import TestData
import Testing

@Suite struct FootageTests {
  @Test(.enabled(if: FileManager.default.fileExists(atPath: TestData.footage.path)))
  func sampleFootageGivesAllFramesAtTheirTimes() throws {
    var source = try FootageSource(path: TestData.footage.path, interrupt: Interrupt())
    #expect(source.info.frameCount == 795)
    #expect(source.info.frameRate == 10)
    var count = 0
    while let frame = try source.next() {
      #expect(frame.stamp.number == count)
      #expect(frame.stamp.time.sinceFirst == .milliseconds(100 * count))
      #expect((frame.width, frame.height) == (768, 576))
      #expect(frame.format == .yuv420p)
      #expect(frame.coding == .standard)
      count += 1
    }
    #expect(count == 795)
    #expect(source.damage.count == 0)
    #expect(source.damage.earlyEnd == nil)
  }
}
