internal import Model
internal import Scene

extension DetectionHead {
  /// The head of a file that ends in its raw results: the numbers that the Object Detection API's configurations for SSD
  /// have in common.
  ///
  /// - Parameter columns: the number of classes and, in column 0, the background.
  static func standard(anchors: [Box], columns: Int, scores: ScoreConversion) -> DetectionHead {
    DetectionHead(
      anchors: anchors,
      coder: BoxCoder(order: .yxhw, centerYFactor: 0.1, centerXFactor: 0.1, heightFactor: 0.2, widthFactor: 0.2),
      columns: columns, backgroundColumn: 0, classOffset: 0, scores: scores,
      suppression: Suppression(
        clipping: .afterSuppression, dropsEmptyBoxes: true, scoreThreshold: 1e-8, iouThreshold: 0.6,
        candidatesPerClass: nil, keptPerClass: 100, total: 100))
  }
}

extension CenteredBox {
  /// Returns the boxes that `numbers` are, four each: centre y and x, height, width.
  static func boxes(_ numbers: [Float]) -> [CenteredBox] {
    stride(from: 0, to: numbers.count - 3, by: 4).map {
      CenteredBox(y: numbers[$0], x: numbers[$0 + 1], height: numbers[$0 + 2], width: numbers[$0 + 3])
    }
  }
}
