// Shows how footage is followed with the library instead of the program: capture, prepare, detect, track. Prints how
// many people each second of footage shows at most, and at the end how many tracks there were: one a person, more where
// somebody was lost from view.
//
//   swift run -c release count-people FOOTAGE MODEL

import Capture
import Detecting
import Foundation
import Inference
import Model
import ModelImport
import Pixels
import Posix
import Scene
import Tracking

/// Counts the people in the footage at `path`.
func countPeople(inFootageAt path: String, modelAt modelPath: String) throws {
  let model = try ModelLoader.model(at: modelPath)
  guard let person = model.labels.classID(named: "person") else {
    throw CaptureError(source: modelPath, reason: "the model knows no class 'person'")
  }
  let engine = try Engine(model.graph)
  var preparer = Preparer(model.input, layout: engine.inputLayout)
  var detector = try Detector(
    model: model, engine: engine, settings: DetectorSettings(threshold: 0.5, classes: [person]),
    threads: Processor.coreCount)
  var tracker = SortTracker()
  let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()

  var source = try FootageSource(path: path, interrupt: Interrupt())
  var (second, most, all) = (Int64(0), 0, Set<Int>())
  while let frame = try source.next() {
    try preparer.prepare(frame, into: tensor)
    let people = detector.detect(tensor, width: frame.width, height: frame.height)
    let tracks = tracker.update(with: people, at: frame.stamp.time)
    all.formUnion(tracks.map(\.id))

    let now = frame.stamp.time.sinceFirst.components.seconds
    if now > second {
      print("\(second) s: \(most)")
      (second, most) = (now, 0)
    }
    most = max(most, tracks.count)
  }
  print("\(second) s: \(most)")
  print("\(all.count) tracks of people in all")
}

let words = CommandLine.arguments.dropFirst()
guard let footage = words.first, let model = words.last, words.count == 2 else {
  print("usage: count-people FOOTAGE MODEL")
  exit(2)
}
do { try countPeople(inFootageAt: footage, modelAt: model) } catch {
  print("count-people: \(error)")
  exit(1)
}
