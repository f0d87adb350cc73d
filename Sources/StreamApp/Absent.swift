internal import Capture
internal import Output
internal import Pixels
internal import Posix
internal import Scene

struct TestPattern: Sendable { init?(parsing: String) throws { return nil } }
struct VideoWriter: ~Copyable {
  var warning: String?
  init(path: String, width: Int, height: Int, frameRate: Double?, coding: ColorCoding) throws(OutputError) {}
  mutating func write(_ f: borrowing Frame, at: FrameTime, draw: (inout Canvas) -> Void) throws(OutputError) {}
  mutating func finish() throws(OutputError) {}
}
func TestPatternSource(_ p: TestPattern, interrupt: Interrupt) throws(CaptureError)
  -> sending any FrameSource & ~Copyable
{ throw CaptureError(source: "", reason: "") }
