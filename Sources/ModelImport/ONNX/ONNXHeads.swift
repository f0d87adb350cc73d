internal import Model
internal import Scene

/// Where a model that leaves decoding to its caller ends: in box encodings and class logits.
struct ONNXHeads {
  /// The tensor of the picture, its size, and whether its channels stand before its rows.
  let (input, size, isChannelsFirst): (String, Extent, Bool)
  /// The tensors of box encodings and of logits or scores.
  let (boxes, classes): (String, String)
  /// Whether the file leaves the picture's size open, and nobody says it.
  let isSizeAssumed: Bool
  private let source: ONNXModel

  /// - Throws: `ImportError` iff the model does not read one picture, or gives other than two results.
  init(_ source: ONNXModel) throws(ImportError) {
    self.source = source
    guard source.inputs.count == 1, let picture = source.inputs.first else {
      throw source.fault("it reads \(source.inputs.count) tensors, not one picture")
    }
    let extents = picture.extents
    guard extents.count == 4, extents[0] ?? 1 == 1, extents[1] == 3 || extents[3] == 3 else {
      let shape = extents.map { $0.map { "\($0)" } ?? "?" }.joined(separator: "×")
      throw source.fault("its input \(picture.name.printable()) of \(shape) is no RGB picture")
    }
    (input, isChannelsFirst) = (picture.name, extents[1] == 3)
    let written = extents[1] == 3 ? (extents[2], extents[3]) : (extents[1], extents[2])
    // The sizes of the published models of torchvision and of TensorFlow.
    let usual = extents[1] == 3 ? 320 : 300
    let asked = source.file.settings.size
    isSizeAssumed = asked == nil && (written.0 == nil || written.1 == nil)
    size = Extent(height: written.0 ?? asked?.height ?? usual, width: written.1 ?? asked?.width ?? usual)
    guard Extent.sides.contains(size.height), Extent.sides.contains(size.width) else {
      throw source.fault("a picture of \(size.height)×\(size.width) is out of range")
    }
    guard source.outputs.count == 2 else {
      throw source.fault("its \(source.outputs.count) outputs are not box encodings and class scores")
    }
    // Sigmoid or Softmax tells the scores; else boxes are the four numbers, and where both have four columns the first.
    let givers = try source.givers()
    let isScored = source.outputs.map { ["Sigmoid", "Softmax"].contains(Self.maker(of: $0, source, givers)) }
    let widths = source.outputs.map { source.outputExtents[$0]?.last ?? nil }
    let isFirst = isScored[0] != isScored[1] ? isScored[1] : !(widths[1] == 4 && widths[0] != 4)
    (boxes, classes) = isFirst ? (source.outputs[0], source.outputs[1]) : (source.outputs[1], source.outputs[0])
  }

  /// Returns the operator that `tensor` comes from, seen through those that hand on what they read.
  private static func maker(of tensor: String, _ source: ONNXModel, _ givers: [String: Int]) -> String? {
    var giver = givers[tensor]
    for _ in 0..<64 {
      guard let place = giver else { return nil }
      let node = source.nodes[place]
      guard ["Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten"].contains(node.operation),
        let input = node.inputs.first
      else { return node.operation }
      giver = givers[input]
    }
    return nil
  }

  /// Returns what the heads' numbers mean, with how a picture becomes the input: as the family does it whose boxes these
  /// are by their number in a cell; and whose these rules are, in words.
  ///
  /// - Throws: `ImportError` iff the boxes are those of no family that is known.
  func rules(_ found: ONNXFound) throws(ImportError) -> (head: DetectionHead, input: InputContract, owner: String) {
    let boxes = found.predictors.map { $0.channels / 4 }
    let maps = found.predictors.map { $0.size }
    if boxes == [6, 6, 6, 6, 6, 6] {
      var head = DetectionHead.torchvision(
        boxes: DefaultBoxes.ssdlite(maps: maps.count).centered(over: maps), columns: found.columns)
      if found.classes.scores != .identity { head.scores = found.classes.scores }
      let input = InputContract.torchvision(width: size.width, height: size.height)
      return (head, input, TorchSSDLite.name)
    }
    guard boxes == [3, 6, 6, 6, 6, 6] else {
      throw source.fault(
        "the file has no anchors, and with \(boxes.prefix(16)) boxes a cell they are neither torchvision's SSDLite's nor "
          + "those of the Object Detection API's standard configuration")
    }
    let head = DetectionHead.standard(
      anchors: AnchorConfig.standard.anchors(maps: maps, height: size.height, width: size.width),
      columns: found.columns, scores: found.classes.scores == .identity ? .sigmoid : found.classes.scores)
    let contract = InputContract(
      width: size.width, height: size.height, channelOrder: .rgb, resize: .tensorFlowLegacy,
      normalization: Normalization(scale: 2 / 255, offset: -1, order: .afterResize))
    return (head, contract, "the Object Detection API's standard configuration")
  }
}

/// What a network gives as heads.
struct ONNXFound {
  let boxes, classes: ONNXTranslation.Live
  /// Anchors, and classes with the background.
  let rows, columns: Int
  /// The size and the channels of what each box predictor gives, in the order in which they are joined.
  let predictors: [(size: Extent, channels: Int)]

  /// - Throws: `ImportError` iff the tensors are not box encodings of four numbers and as many rows of logits.
  init(_ translation: ONNXTranslation, boxes: String, classes: String) throws(ImportError) {
    let source = translation.source
    guard let boxes = translation.live(boxes), let classes = translation.live(classes) else {
      throw source.fault("its heads do not depend on the picture")
    }
    let (shape, scores) = (Shape(boxes.view.extents), Shape(classes.view.extents))
    guard boxes.scores == .identity, shape.extents.last == 4, let columns = scores.extents.last, columns > 1,
      let numbers = shape.count, let logits = scores.count, numbers / 4 == logits / columns
    else {
      throw source.fault("box encodings \(shape) and scores \(scores) are not supported as heads")
    }
    guard numbers / 4 <= DetectionHead.mostAnchors else { throw source.fault("\(numbers / 4) boxes are too many") }
    (self.boxes, self.classes, rows, self.columns) = (boxes, classes, numbers / 4, columns)
    predictors = translation.predictors(of: boxes)
    let cells = predictors.reduce(0) { $0 + $1.size.height * $1.size.width * ($1.channels / 4) }
    guard cells == rows, predictors.allSatisfy({ $0.channels % 4 == 0 }) else {
      throw source.fault("its \(rows) boxes are not those of feature maps")
    }
  }
}

extension ONNXTranslation {
  /// Returns the size and the channels of the maps that are joined in `head`; none where it is made otherwise.
  fileprivate func predictors(of head: Live) -> [(size: Extent, channels: Int)] {
    let producers = network.producers
    func node(_ value: Graph.Value) -> Graph.Node? { producers[value.index].map { network.nodes[$0] } }
    func map(_ value: Graph.Value) -> (size: Extent, channels: Int)? {
      var value = value
      while let giver = node(value), case .reshape = giver.operation { value = giver.inputs[0] }
      guard let map = network.shape(of: value).map else { return nil }
      return (Extent(height: map.height, width: map.width), map.channels)
    }
    guard let joined = node(head.value), case .concatenation = joined.operation else {
      return map(head.value).map { [$0] } ?? []
    }
    return joined.inputs.compactMap(map)
  }
}
