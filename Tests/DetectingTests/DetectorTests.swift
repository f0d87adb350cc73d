import Detecting
import Inference
import Model
import Scene
import TestNetworks
import Testing

@Suite struct DetectorTests {
  @Test func detectsWhatItsHeadsSay() throws {
    let model = try tinyModel(anchors: 16)
    let engine = try Engine(model.graph)
    let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    for row in 0..<32 {
      for index in 0..<96 { unsafe tensor.address(row: row)[index] = Float((row * 96 + index) % 13) / 6 - 1 }
    }
    var session = Session(engine, threads: 1)
    let (boxes, classes) = session.run(tensor) { boxes, classes in
      (boxes.indices.map { boxes[$0] }, classes.indices.map { classes[$0] })
    }
    var decoder = HeadDecoder(model.head, settings: DetectorSettings(maxDetections: 9))
    let expected = decoder.detections(boxes: boxes.span, classes: classes.span, width: 64, height: 48)
    #expect(expected.count == 9)
    var detector = try Detector(
      model: model, engine: engine, settings: DetectorSettings(maxDetections: 9), threads: 1)
    for _ in 0..<2 { #expect(detector.detect(tensor, width: 64, height: 48) == expected) }
  }

  @Test func headsThatDoNotFitAreRefused() throws {
    let model = try tinyModel(anchors: 15)
    let engine = try Engine(model.graph)
    let error = #expect(throws: DetectorError.self) { _ = try Detector(model: model, engine: engine, threads: 1) }
    #expect(
      error?.description == "tiny: the network gives 1×16×4 and 1×16×3, not 60 box numbers and 45 class scores")
  }

  /// A network of one layer a head: 16 cells with a box each, whatever number of anchors the head speaks of.
  private func tinyModel(anchors: Int) throws -> DetectionModel {
    var builder = NetworkBuilder(input: Shape(height: 32, width: 32, channels: 3))
    let cells = try builder.convolution(builder.graph.input, to: 8, kernel: 3, stride: 8)
    let boxes = try builder.append(.reshape(Shape([1, 16, 4])), [builder.convolution(cells, to: 4)])
    let classes = try builder.append(.reshape(Shape([1, 16, 3])), [builder.convolution(cells, to: 3)])
    let corners = (0..<anchors).map { index in
      let (y, x) = (Float(index / 4) / 4, Float(index % 4) / 4)
      return Box(yMin: y, xMin: x, yMax: y + 0.25, xMax: x + 0.25)
    }
    return DetectionModel(
      name: "tiny", graph: builder.finish([boxes, classes]),
      input: InputContract(
        width: 32, height: 32, channelOrder: .rgb, resize: .tensorFlowLegacy,
        normalization: Normalization(scale: 1, offset: 0, order: .afterResize)),
      head: DetectionHead(
        anchors: corners, coder: .tensorFlow, columns: 3, backgroundColumn: 0, classOffset: 0, scores: .sigmoid,
        suppression: .tensorFlow(.beforeSuppression, threshold: 0.01)),
      labels: Labels())
  }
}
