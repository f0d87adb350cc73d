import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// The importer on graphs as they are found in the world.
struct RealGraphTests {
  /// Whether the default model was fetched.
  static let hasModel = FileManager.default.fileExists(atPath: TestData.model.path)

  /// Pre-processing of all graphs of 2018: 300×300, resized and then brought to −1…1 by the float32 of 2/255.
  private static let contract = InputContract(
    width: 300, height: 300, channelOrder: .rgb, resize: .tensorFlowLegacy,
    normalization: Normalization(scale: Float(bitPattern: 0x3C00_8081), offset: -1, order: .afterResize))

  /// Anchors that create_ssd_anchors gives for maps of 19, 10, 5, 3, 2 and 1 cells: row, yMin, xMin, yMax, xMax.
  private static let anchors: [(row: Int, box: Box)] = [
    (0, Box(yMin: -0.0236842111, xMin: -0.0236842111, yMax: 0.0763157904, xMax: 0.0763157904)),
    (1, Box(yMin: -0.0443948917, xMin: -0.115105569, yMax: 0.0970264673, xMax: 0.167737156)),
    (2, Box(yMin: -0.115105569, xMin: -0.0443948917, yMax: 0.167737156, xMax: 0.0970264673)),
    (1082, Box(yMin: 0.832262874, xMin: 0.902973592, yMax: 1.11510563, xMax: 1.04439497)),
    (1083, Box(yMin: -0.125, xMin: -0.125, yMax: 0.224999994, xMax: 0.224999994)),
    (1088, Box(yMin: -0.15916501, xMin: -0.15916501, yMax: 0.259165019, xMax: 0.259165019)),
    (1916, Box(yMin: 0.0126602948, xMin: 0.0126602948, yMax: 0.987339735, xMax: 0.987339735)),
  ]

  /// The anchors of create_ssd_anchors for a picture of 300×300, with its defaults: each line of the arithmetic is one
  /// rounding to float32, so that they equal TensorFlow's bit for bit.
  private static let computedAnchors: [Box] = {
    let (least, most) = (Double(Float(0.2)), Double(Float(0.95)))
    var scales: [Double] = (0..<6).map { least + (most - least) * Double($0) / 5 }
    scales.append(1)
    var boxes: [Box] = []
    for (map, cells) in [19, 10, 5, 3, 2, 1].enumerated() {
      let scale = Float(scales[map])
      let between = Float((scales[map] * scales[map + 1]).squareRoot())
      let others: [Float] = [1, 2, 0.5, 3, 0.3333]
      var shapes: [(Float, Float)] = others.map { (scale, $0) }
      shapes.append((between, 1))
      if map == 0 { shapes = [(0.1 as Float, 1 as Float), (scale, 2 as Float), (scale, 0.5 as Float)] }
      for cell in 0..<cells * cells {
        for (scale, ratio) in shapes { boxes.append(anchor(cell, cells, scale, ratio)) }
      }
    }
    return boxes
  }()

  /// One anchor in cell number `cell` of a map of `cells` × `cells`.
  private static func anchor(_ cell: Int, _ cells: Int, _ scale: Float, _ ratio: Float) -> Box {
    let stride: Float = 1 / Float(cells)
    let offset: Float = 0.5 * stride
    let root = ratio.squareRoot()
    let (height, width): (Float, Float) = (scale / root, scale * root)
    let y: Float = Float(cell / cells) * stride + offset
    let x: Float = Float(cell % cells) * stride + offset
    let (halfHeight, halfWidth): (Float, Float) = (0.5 * height, 0.5 * width)
    return Box(yMin: y - halfHeight, xMin: x - halfWidth, yMax: y + halfHeight, xMax: x + halfWidth)
  }

  /// Expects all that graphs of 2018 at 300×300 have in common, and what differs.
  private func check(_ model: DetectionModel, columns: Int, suppression: Suppression) {
    #expect(model.input == Self.contract)
    #expect(model.head.suppression == suppression)
    #expect(
      model.head.coder
        == BoxCoder(order: .yxhw, centerYFactor: 0.1, centerXFactor: 0.1, heightFactor: 0.2, widthFactor: 0.2))
    #expect(model.head.scores == .sigmoid)
    #expect((model.head.columns, model.head.backgroundColumn, model.head.classOffset) == (columns, 0, 0))
    #expect(model.graph.outputs.map(model.graph.shape) == [Shape([1, 1917, 4]), Shape([1, 1917, columns])])
    #expect(model.head.anchors.count == 1917)
    #expect(model.head.anchors == Self.computedAnchors)
    // Bit for bit, for these decimals read back to the float32.
    for (row, box) in Self.anchors { #expect(model.head.anchors[row] == box) }
    #expect(model.head.anchors.filter { min($0.yMin, $0.xMin, $0.yMax, $0.xMax) < 0 }.count == 509)
    #expect(model.head.anchors.map(\.yMin).min() == -0.44285494)
    #expect(model.head.anchors.map(\.yMax).max() == 1.4428549)
  }

  /// What the graphs of the Object Detection API have in common.
  private func suppression(_ clipping: Suppression.Clipping, _ threshold: Float) -> Suppression {
    Suppression(
      clipping: clipping, dropsEmptyBoxes: true, scoreThreshold: threshold, iouThreshold: 0.6,
      candidatesPerClass: nil, keptPerClass: 100, total: 100)
  }

  @Test(.enabled(if: hasModel)) func theDefaultModelIsRead() throws {
    let model = try ModelLoader.model(at: TestData.model.path)
    check(model, columns: 2, suppression: suppression(.afterSuppression, 1e-8))
    #expect(model.name == "pedestrian-ssdlite-mobilenet-v2")
    #expect(model.labels.classID(named: "person") == 1)
  }

  @Test(.enabled(if: TestData.hasShared)) func quantisationAwareGraphsAreRead() throws {
    let model = try ModelLoader.model(at: TestData.shared("models/tf_ssd_mobilenet_v1_0.75_coco").path)
    check(model, columns: 91, suppression: suppression(.afterSuppression, 0.3))
    #expect(model.labelOrigin == .dataSet("COCO"))
    #expect(model.labels.name(of: 90) == "toothbrush" && model.labels.name(of: 12) == "12")
  }

  @Test(.enabled(if: TestData.hasShared)) func theModelZoosTopologyIsRead() throws {
    let model = try ModelLoader.model(at: TestData.shared("models/tf_ssdlite_mobilenet_v2_coco_topology").path)
    check(model, columns: 91, suppression: suppression(.beforeSuppression, 0.3))
  }

  /// MobileNetV3 with static shapes, in both forms: all of a hard-swish is one activation that its convolution computes.
  @Test(
    .enabled(if: TestData.hasShared), arguments: ["large", "small"],
    ["frozen_inference_graph.pb.xz", "raw_outputs_graph.pb.xz"])
  func mobileNetV3IsRead(size: String, form: String) throws {
    let archive = TestData.shared("synth/tf/ssdlite_mobilenet_v3_\(size)_320x320_coco/\(form)")
    let model = try ModelLoader.model(at: TestData.unpacked(archive).path)
    #expect((model.input.width, model.input.height, model.head.columns) == (320, 320, 91))
    #expect(model.head.suppression == suppression(.afterSuppression, 1e-8))
    #expect(model.head.anchors.count == 2034)
    let optimized = model.graph.optimized()
    let kinds = optimized.nodes.map { node in
      switch node.operation {
      case .activation, .affine: "left over"
      case .mean: "mean"
      case .gate(factor: 0.16667): "gate"
      default: "other"
      }
    }
    #expect(kinds.count { $0 == "left over" } == 0)
    #expect(kinds.count { $0 == "mean" } == (size == "large" ? 8 : 9))
    #expect(kinds.count { $0 == "gate" } == (size == "large" ? 8 : 9))
    let parts = try #require(DetectorParts(model.graph)).parts
    let backbone = zip(GraphStatistics(model.graph).nodes, parts).filter { $0.1 == .backbone }
    #expect(backbone.reduce(0) { $0 + $1.0.parameters } == (size == "large" ? 1_620_512 : 438_704))
  }

  @Test(.enabled(if: hasModel)) func theDefaultModelFoldsIntoConvolutions() throws {
    let graph = try ModelLoader.model(at: TestData.model.path).graph.optimized()
    let affine = graph.nodes.filter { if case .affine = $0.operation { true } else { false } }
    #expect(affine.isEmpty)
  }

  @Test(.enabled(if: hasModel)) func truncatedModelsAreRefused() throws {
    let bytes = try Data(contentsOf: TestData.model)
    for count in [100, 5_000_000, bytes.count - 1000] {
      try withFile(Array(bytes.prefix(count))) { path in
        #expect(throws: ImportError.self) { try ModelLoader.model(at: path) }
      }
    }
  }
}
