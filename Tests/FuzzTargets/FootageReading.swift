import Capture
import Pixels
import Posix

/// Takes bytes for footage, as `stream --input` does, and reads every picture.
enum FootageReading {
  /// Far more pictures than a few kilobytes of footage hold.
  private static let mostFrames = 10_000

  static func outcome(of bytes: UnsafeRawBufferPointer) -> Outcome {
    let file = MemoryFile(bytes)
    do {
      var source = try FootageSource(path: file.path, interrupt: Interrupt())
      var count = 0
      while let frame = try source.next() {
        precondition(frame.width > 0 && frame.height > 0, "A picture has no size.")
        count += 1
        precondition(count < mostFrames, "The footage does not end.")
      }
      return .whole
    } catch { return .refused(because: error) }
  }
}
