// Shows a sink of one's own: reports go to whatever conforms to `EventSink`, here to a socket that a door, a lamp or a
// page in a browser may listen to. Listen with `socat - UNIX-RECV:/tmp/count`, then:
//
//   swift run -c release count-to-socket FOOTAGE MODEL /tmp/count

import Capture
import Detecting
import Foundation
import Inference
import Model
import ModelImport
import Output
import Pixels
import Posix
import Scene
import Tracking

/// Follows what the footage at `path` shows and reports each frame to `sink`.
func follow(footageAt path: String, modelAt modelPath: String, sink: inout CountSink) throws {
  let model = try ModelLoader.model(at: modelPath)
  let engine = try Engine(model.graph)
  var preparer = Preparer(model.input, layout: engine.inputLayout)
  var detector = try Detector(
    model: model, engine: engine, settings: DetectorSettings(threshold: 0.5), threads: Processor.coreCount)
  var tracker = SortTracker()
  let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()

  var source = try FootageSource(path: path, interrupt: Interrupt())
  while let frame = try source.next() {
    try preparer.prepare(frame, into: tensor)
    let detections = detector.detect(tensor, width: frame.width, height: frame.height)
    let objects = tracker.update(with: detections, at: frame.stamp.time).map {
      SeenObject(
        id: $0.id, label: model.labels.name(of: $0.classID), classID: $0.classID, score: $0.score, rect: $0.rect)
    }
    try sink.write(
      FrameReport(
        frame: frame.stamp.number, time: frame.stamp.time, width: frame.width, height: frame.height, objects: objects))
  }
  try sink.finish()
}

let words = Array(CommandLine.arguments.dropFirst())
guard words.count == 3 else {
  print("usage: count-to-socket FOOTAGE MODEL SOCKET")
  exit(2)
}
do {
  var sink = try CountSink(path: words[2])
  try follow(footageAt: words[0], modelAt: words[1], sink: &sink)
} catch {
  print("count-to-socket: \(error)")
  exit(1)
}
