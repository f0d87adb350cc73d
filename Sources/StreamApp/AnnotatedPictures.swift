internal import FFmpeg
internal import Kernels
internal import Output
internal import Pixels
internal import Posix
internal import Scene

/// Still pictures with what was found drawn on them, in PNG files.
struct AnnotatedPictures: ~Copyable {
  private let kernels: KernelSet
  private var annotator: Annotator
  private let interrupt: Interrupt

  /// - Parameters:
  ///   - interrupt: once it is requested, a pipe's reader that stalls is not waited for much longer.
  ///   - say: takes the warning that there is no font.
  init(kernels: KernelSet, interrupt: Interrupt, say: (String) -> Void) {
    (self.kernels, self.interrupt) = (kernels, interrupt)
    annotator = .withUsualType(say: say)
  }

  /// Writes `frame` with `objects` to the file `path`; pixels on which nothing is drawn keep their colours.
  ///
  /// - Throws: `OutputError` iff the picture cannot be converted or written.
  mutating func write(_ frame: borrowing Frame, _ objects: [SeenObject], to path: String) throws(OutputError) {
    let (width, height) = (frame.width, frame.height)
    let report = FrameReport(
      frame: frame.stamp.number, time: frame.stamp.time, width: width, height: height, objects: objects)
    var rgb: [UInt8]
    do { rgb = try rgb24(of: frame, kernels: kernels) } catch {
      throw OutputError(output: path, reason: error.description)
    }
    unsafe rgb.withUnsafeMutableBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      var canvas = unsafe Canvas(width: width, height: height, rgb: start)
      annotator.draw(report, on: &canvas)
    }
    do { try StillPicture.writePNG(path, rgb: rgb, width: width, height: height, interrupt: interrupt) } catch {
      throw OutputError(output: path, reason: error.description)
    }
  }
}

extension Annotator {
  /// An annotator with the type that this machine has; boxes alone, and a word to `say`, where it has none.
  static func withUsualType(say: (String) -> Void) -> Annotator {
    do { return Annotator(lettering: try Lettering()) } catch {
      say("no labels are drawn: \(error)")
      return Annotator(lettering: nil)
    }
  }
}
