internal import Detecting
internal import Inference
internal import Pixels
internal import Posix
internal import Scene

/// A network with all that is between a still picture and what is seen in it.
struct PictureDetector: ~Copyable {
  private let tensor: InputTensor
  private var preparer: Preparer
  private var detector: Detector

  /// - Parameter threads: nil for one on each core.
  /// - Throws: `DetectorError` where the network's outputs do not fit the model's head.
  init(_ loaded: LoadedModel, _ settings: DetectorSettings, threads: Int?) throws(DetectorError) {
    let layout = loaded.engine.inputLayout
    detector = try loaded.detector(settings, threads: threads ?? Processor.coreCount)
    preparer = Preparer(loaded.input, layout: layout, kernels: loaded.kernels)
    tensor = TensorPool(layout: layout, capacity: 1).take()
  }

  /// Returns what is seen in `frame`, by falling score.
  ///
  /// - Throws: `PictureError` where its size is out of range.
  mutating func detections(in frame: borrowing Frame) throws(PictureError) -> [Detection] {
    try preparer.prepare(frame, into: tensor)
    return detector.detect(tensor, width: frame.width, height: frame.height)
  }
}
