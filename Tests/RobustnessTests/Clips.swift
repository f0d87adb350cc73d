import Capture
import FFmpeg
import Foundation
import Output
import Pixels
import Posix
import Scene

/// Small footage of several codecs and containers in a folder that goes with its holder.
final class Clips {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "clips-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["a.mp4", "b.mkv", "c.webm"] { try write(name, .best) }
    for name in ["d.mp4", "e.mkv", "f.webm"] { try write(name, .fallback) }
    let pixels = (0..<64 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 * 7 / 5) }
    try StillPicture.writePNG(folder.appending(path: "g.png").path, rgb: pixels, width: 64, height: 48)
    try Data("P6 64 48 255\n".utf8 + pixels).write(to: folder.appending(path: "h.ppm"))
    try Data("YUV4MPEG2 W64 H48 F25:1 C444\nFRAME\n".utf8 + pixels + "FRAME\n".utf8 + pixels)
      .write(to: folder.appending(path: "i.y4m"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Writes a dozen pictures of a moving pattern.
  private func write(_ name: String, _ encoder: VideoEncoderChoice) throws {
    let pattern = TestPattern(width: 64, height: 48, rate: 25, count: 12, isLive: false)
    var source = TestPatternSource(pattern, interrupt: Interrupt())
    var writer = try VideoWriter(
      path: folder.appending(path: name).path, width: 64, height: 48, frameRate: 25, encoder: encoder)
    while let frame = try source.next() { try writer.write(frame, at: frame.stamp.time) { _ in } }
    try writer.finish()
  }
}
