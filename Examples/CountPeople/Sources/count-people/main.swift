// Prints how many people each second of footage shows, with the library instead of the program:
//
//   swift run -c release count-people FOOTAGE MODEL

import Capture
import Detecting
import Inference
import Model
import ModelImport
import Pixels
import Posix
import Scene

guard CommandLine.arguments.count == 3 else {
  print("usage: count-people FOOTAGE MODEL")
  throw CaptureError(source: "arguments", reason: "two paths are needed")
}

let model = try ModelLoader.model(at: CommandLine.arguments[2])
let engine = try Engine(model.graph)
let pool = TensorPool(layout: engine.inputLayout, capacity: 1)
var source = try FootageSource(path: CommandLine.arguments[1], interrupt: Interrupt())
var preparer = Preparer(model.input, layout: engine.inputLayout)
var detector = try Detector(
  model: model, engine: engine, settings: DetectorSettings(threshold: 0.5), threads: 2)

var second: Int64 = 0
var most = 0
while let frame = try source.next() {
  let tensor = pool.take()
  try preparer.prepare(frame, into: tensor)
  let people = detector.detect(tensor, width: frame.width, height: frame.height)
  let now = frame.stamp.time.sinceFirst.components.seconds
  if now > second {
    print("\(second) s: \(most)")
    (second, most) = (now, 0)
  }
  most = max(most, people.count)
}
print("\(second) s: \(most)")
