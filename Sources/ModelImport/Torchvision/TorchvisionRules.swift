package import Model
internal import Scene

extension InputContract {
  /// What torchvision's `GeneralizedRCNNTransform` makes of an RGB picture: values of 0…1 less `mean`, divided by
  /// `deviation`, and then resized between the centres of pixels, without antialiasing.
  ///
  /// The published SSDLite has 0.5 for both.
  package static func torchvision(width: Int, height: Int, mean: Float = 0.5, deviation: Float = 0.5) -> InputContract {
    InputContract(
      width: width, height: height, channelOrder: .rgb, resize: .halfPixelCenters,
      normalization: Normalization(scale: 1 / (255 * deviation), offset: -mean / deviation, order: .beforeResize))
  }
}

extension DetectionHead {
  /// The rules of torchvision's SSD over `boxes`: softmax with the background in column 0; per class the best of those
  /// that pass the threshold are suppressed, clipped to the picture before (`SSD.postprocess_detections`).
  ///
  /// - Parameters:
  ///   - columns: the classes and the background.
  ///   - rules: by default those of the published SSDLite.
  package static func torchvision(
    boxes: [CenteredBox], columns: Int, coder: BoxCoder = .torchvision, rules: Suppression = .torchvision
  ) -> DetectionHead {
    var head = DetectionHead(
      anchors: boxes.map { $0.corners }, coder: coder, columns: columns, backgroundColumn: 0, classOffset: 0,
      scores: .softmax, suppression: rules)
    head.centeredAnchors = boxes
    return head
  }
}

extension BoxCoder {
  /// torchvision's coder with the weights 10, 10, 5 and 5, and sizes of at most 1000/16 anchors.
  package static let torchvision = BoxCoder(
    order: .xywh, centerYFactor: 1 / 10, centerXFactor: 1 / 10, heightFactor: 1 / 5, widthFactor: 1 / 5,
    maxLogSize: 4.135166556742356)
}

extension Suppression {
  /// The rules of torchvision's `ssdlite320_mobilenet_v3_large`.
  package static let torchvision = Suppression(
    clipping: .beforeSuppression, dropsEmptyBoxes: false, scoreThreshold: 0.001, iouThreshold: 0.55,
    candidatesPerClass: 300, keptPerClass: nil, total: 300)
}
