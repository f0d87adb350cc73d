import FFmpeg
import Foundation
import Pixels
import Posix
import StreamApp
import TestData
import Testing

/// Pictures that are read on a thread of their own.
@Suite struct PicturesAheadTests {
  @Test func picturesComeInTheirOrderAndAMissingOneIsToldInItsPlace() throws {
    let folder = try TemporaryFolder()
    let paths = try (1...20).map { width in
      let url = folder.url.appending(path: "\(width).ppm")
      if width != 7 {
        let pixels = [UInt8](repeating: 9, count: 3 * width)
        try Data(Array("P6\n\(width) 1\n255\n".utf8) + pixels).write(to: url)
      }
      return url.path
    }
    var pictures = PicturesAhead(paths, interrupt: Interrupt())
    for width in 1...20 {
      do {
        let found = try pictures.next().width
        #expect(found == width && width != 7)
      } catch {
        #expect(width == 7)
      }
    }
  }

  /// Nobody has to take what was read.
  @Test func whatIsReadAheadMayBeLeft() {
    _ = PicturesAhead(["/nowhere/a.jpg"], interrupt: Interrupt())
    var pictures = PicturesAhead(["/nowhere/a.png", "/nowhere/b.png"], interrupt: Interrupt())
    let width = try? pictures.next().width
    #expect(width == nil)
  }
}
