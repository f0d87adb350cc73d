import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// The importer on graphs as they are found in the world.
struct RealGraphTests {
  @Test(.enabled(if: FileManager.default.fileExists(atPath: TestData.model.path)))
  func theDefaultModelIsRead() throws {
    let start = ContinuousClock.now
    let model = try ModelLoader.model(at: TestData.model.path)
    print(
      "time", ContinuousClock.now - start, model.graph.nodes.count, model.input, model.head.suppression,
      model.head.coder, model.labels, model.name, model.head.columns, model.head.classOffset)
  }

  @Test(
    .enabled(if: TestData.hasShared),
    arguments: ["tf_ssd_mobilenet_v1_0.75_coco", "tf_ssdlite_mobilenet_v2_coco_topology"])
  func others(name: String) throws {
    let start = ContinuousClock.now
    let model = try ModelLoader.model(at: TestData.shared("models/\(name)").path)
    print(
      "time", ContinuousClock.now - start, model.graph.nodes.count, model.input, model.head.suppression,
      model.head.coder, model.labels, model.name, model.head.columns, model.head.classOffset)
  }
}
