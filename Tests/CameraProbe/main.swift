// Reads a camera and tells what it gave, as text: the tests run it with the camera of Tests/PreloadCamera.
//
//   CameraProbe PATH COUNT [width=N] [height=N] [rate=N] [format=NAME] [hold=N] [interrupt=MS] [outlive=N]
//     [trouble=1]
//
// One line a frame: number, lost so far, microseconds since the first, microseconds from capture to now, width, height,
// mean of the first plane. Before them a line `open WIDTH HEIGHT RATE FORMAT…`, after them one of `end`, `interrupted MS`
// (since the request) or `error TEXT`, before which a line says `final` or `passing`.
// hold: so many frames are kept before the oldest is dropped. outlive: the last so many frames are kept until the source
// is gone, and their means printed again. trouble: before the end a line `trouble TEXT` says what went wrong.
import Capture
import Dispatch
import Glibc
import Pixels
import Posix
import Scene

/// A frame that can stand in an array.
final class Kept {
  let frame: Frame
  init(_ frame: consuming Frame) { self.frame = frame }

  /// The mean of the first plane's bytes that are luma (of all its bytes in RGB).
  var mean: Double {
    let (start, step, count) =
      switch frame.format {
      case .yuyv: (0, 2, frame.width)
      case .uyvy: (1, 2, frame.width)
      case .rgb24, .bgr24: (0, 1, 3 * frame.width)
      case .yuv420p, .nv12, .gray8: (0, 1, frame.width)
      }
    var sum = 0
    for row in 0..<frame.height {
      let bytes = frame.planes.0.start + row * frame.planes.0.stride + start
      for column in 0..<count { sum += Int(bytes.load(fromByteOffset: step * column, as: UInt8.self)) }
    }
    return Double(sum) / Double(count * frame.height)
  }
}

/// A frame has its own count of microseconds for both its times.
func microseconds(_ time: Duration) -> Int64 {
  time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000
}

/// Reads the camera until `count` frames came or it ended, and returns the frames still held.
func read(_ path: String, count: Int, options: [String: String]) throws(CaptureError) -> [Kept] {
  let interrupt = Interrupt()
  let settings = CameraSettings(
    width: options["width"].flatMap { Int($0) }, height: options["height"].flatMap { Int($0) },
    rate: options["rate"].flatMap { Double($0) }, format: options["format"].flatMap { CameraFormat(rawValue: $0) })
  var source = try CameraSource(path: path, settings: settings, interrupt: interrupt)
  let info = source.info
  print("open", info.width ?? 0, info.height ?? 0, info.frameRate ?? 0, terminator: " ")
  let requested = Guarded(Duration.zero)
  if let delay = options["interrupt"].flatMap({ Int($0) }) {
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(delay)) {
      requested.withLock { $0 = monotonicNow() }
      interrupt.request()
    }
  }
  let hold = options["hold"].flatMap { Int($0) } ?? 0
  let outlive = options["outlive"].flatMap { Int($0) } ?? 0
  var held: [Kept] = []
  for index in 0..<count {
    guard let frame = try source.next() else {
      if index == 0 { print("nothing") }
      print("interrupted", microseconds(monotonicNow() - requested.withLock { $0 }) / 1000)
      return held
    }
    let kept = Kept(frame)
    if index == 0 { print(kept.frame.format, kept.frame.coding.matrix, kept.frame.coding.isFullRange) }
    let (stamp, time) = (kept.frame.stamp, kept.frame.stamp.time)
    let age = monotonicNow() - (time.captured?.monotonic ?? .zero)
    print(
      stamp.number, stamp.lostSoFar, microseconds(time.sinceFirst), microseconds(age), kept.frame.width,
      kept.frame.height, kept.mean)
    held.append(kept)
    while held.count > max(hold, outlive) { held.removeFirst() }
  }
  if options["trouble"] != nil { print("trouble", source.trouble.account.summary ?? "none") }
  return held
}

let arguments = CommandLine.arguments.dropFirst()
guard let path = arguments.first, let count = arguments.dropFirst().first.flatMap({ Int($0) }) else { exit(2) }
var options: [String: String] = [:]
for argument in arguments.dropFirst(2) {
  let parts = argument.split(separator: "=").map(String.init)
  if parts.count == 2 { options[parts[0]] = parts[1] }
}
do {
  var kept = try read(path, count: count, options: options)
  if options["outlive"] != nil { for frame in kept { print("kept", frame.mean) } }
  kept.removeAll()
  print("end")
} catch {
  print("\n\(error.isFinal ? "final" : "passing")\nerror \(error)")
  exit(1)
}
