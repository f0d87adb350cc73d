// Shows the shortest way from a picture to what is in it: read, prepare, detect.
//
//   swift run -c release detect-in-picture PICTURE MODEL

import Capture
import Detecting
import Foundation
import Inference
import Model
import ModelImport
import Pixels
import Posix
import Scene

/// Prints one line for each object in the picture at `path`, the surest first.
func detect(inPictureAt path: String, modelAt modelPath: String) throws {
  let model = try ModelLoader.model(at: modelPath)
  let engine = try Engine(model.graph)
  var detector = try Detector(model: model, engine: engine, threads: Processor.coreCount)
  var preparer = Preparer(model.input, layout: engine.inputLayout)
  let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()

  // A picture is footage of one frame.
  var source = try FootageSource(path: path, interrupt: Interrupt())
  guard let picture = try source.next() else { return }
  try preparer.prepare(picture, into: tensor)
  for object in detector.detect(tensor, width: picture.width, height: picture.height) where object.score > 0.5 {
    let (name, rect) = (model.labels.name(of: object.classID), object.rect)
    print(
      String(
        format: "%@ %.2f at %.0f, %.0f, size %.0f x %.0f", name, object.score, rect.left, rect.top, rect.width,
        rect.height))
  }
}

let words = CommandLine.arguments.dropFirst()
guard let picture = words.first, let model = words.last, words.count == 2 else {
  print("usage: detect-in-picture PICTURE MODEL")
  exit(2)
}
do { try detect(inPictureAt: picture, modelAt: model) } catch {
  print("detect-in-picture: \(error)")
  exit(1)
}
