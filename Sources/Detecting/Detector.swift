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
    try DetectorError.check(model)
    session = Session(engine, threads: threads)
    decoder = HeadDecoder(model.head, settings: settings)
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
  static func check(_ model: DetectionModel) throws(DetectorError) {
    let counts = model.graph.outputs.map { model.graph.shape(of: $0).count }
    let (boxes, overflowsBoxes) = model.head.anchors.count.multipliedReportingOverflow(by: 4)
    let (scores, overflowsScores) = model.head.anchors.count.multipliedReportingOverflow(by: model.head.columns)
    guard model.head.columns > 0, !overflowsBoxes, !overflowsScores, UInt32(exactly: scores) != nil else {
      throw DetectorError(
        model: model.name, reason: "\(model.head.anchors.count) anchors × \(model.head.columns) columns of classes")
    }
    guard counts == [boxes, scores] else {
      let shapes = model.graph.outputs.map { model.graph.shape(of: $0).description }.joined(separator: " and ")
      throw DetectorError(
        model: model.name,
        reason: "the network gives \(shapes), not \(boxes) box numbers and \(scores) class scores")
    }
  }
}
