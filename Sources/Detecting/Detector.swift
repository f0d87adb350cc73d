public import Inference
public import Model
public import Scene

/// A network with the rules that turn its heads into detections; memory and threads of its own.
public struct Detector: ~Copyable {
  private var session: Session
  private var decoder: HeadDecoder

  /// - Parameters:
  ///   - engine: made from the model's graph.
  ///   - threads: how many share a run, the caller's included; at least 1.
  /// - Throws: `DetectorError` where the network's outputs do not fit the head's anchors and columns.
  public init(model: DetectionModel, engine: Engine, settings: DetectorSettings = DetectorSettings(), threads: Int)
    throws(DetectorError)
  {
    try self.init(model.head, of: model.name, engine: engine, settings: settings, threads: threads)
  }

  /// As above, with the head of a model whose graph, and with it the file of its weights, need not be kept.
  package init(
    _ head: DetectionHead, of name: String, engine: Engine, settings: DetectorSettings, threads: Int
  ) throws(DetectorError) {
    try DetectorError.check(head, of: name, engine)
    session = Session(engine, threads: threads)
    decoder = HeadDecoder(head, settings: settings)
  }

  /// Returns how much processor time the detector's own threads have used so far, also after the detector has gone.
  package var helpersTime: @Sendable () -> Duration { session.helpersTime }

  /// Returns what is in a picture of `width` × `height` that was prepared as `tensor`: by falling score, ties by
  /// class, then anchor; rectangles in pixels of that picture.
  public mutating func detect(_ tensor: borrowing InputTensor, width: Int, height: Int) -> [Detection] {
    session.run(tensor) { boxes, classes in
      decoder.detections(boxes: boxes, classes: classes, width: width, height: height)
    }
  }
}

/// Why a model's network and its head do not belong together.
public struct DetectorError: Error, Sendable, Equatable, CustomStringConvertible {
  public let model: String
  public let reason: String

  /// One line: model and reason.
  public var description: String { "\(model): \(reason)" }

  /// - Throws: the error where the network does not end in boxes [anchors, 4] and classes [anchors, columns].
  static func check(_ head: DetectionHead, of model: String, _ engine: Engine) throws(DetectorError) {
    let counts = engine.outputShapes.map(\.count)
    let (boxes, overflowsBoxes) = head.anchors.count.multipliedReportingOverflow(by: 4)
    let (scores, overflowsScores) = head.anchors.count.multipliedReportingOverflow(by: head.columns)
    guard head.columns > 0, !overflowsBoxes, !overflowsScores, UInt32(exactly: scores) != nil else {
      throw DetectorError(model: model, reason: "\(head.anchors.count) anchors × \(head.columns) columns of classes")
    }
    guard counts == [boxes, scores] else {
      let shapes = engine.outputShapes.map(\.description).joined(separator: " and ")
      throw DetectorError(
        model: model, reason: "the network gives \(shapes), not \(boxes) box numbers and \(scores) class scores")
    }
  }
}
