package import Model

/// torchvision's `ssdlite320_mobilenet_v3_large` (torchvision/models/detection/ssdlite.py, models/mobilenetv3.py) with the
/// weights of a state dict.
package enum TorchSSDLite {
  /// The network's name, for people.
  static let name = "torchvision's ssdlite320_mobilenet_v3_large"
  /// Height and width of what it reads.
  static let side = 320
  /// Boxes of each cell of each map.
  static let boxesPerCell = 6
  /// More columns of classes than any data set needs.
  private static let mostColumns = 1 << 12

  /// An inverted residual block with its numbers (arXiv:1905.02244, table 1): kernel, channels between, channels behind,
  /// whether there is squeeze-and-excite, whether hard swish stands for ReLU, stride.
  private struct Block {
    let kernel, expansion, depth: Int
    let isGated, isSwish: Bool
    var stride = 1
  }

  /// The blocks up to the one within which the first map lies.
  private static let early = [
    Block(kernel: 3, expansion: 16, depth: 16, isGated: false, isSwish: false),
    Block(kernel: 3, expansion: 64, depth: 24, isGated: false, isSwish: false, stride: 2),
    Block(kernel: 3, expansion: 72, depth: 24, isGated: false, isSwish: false),
    Block(kernel: 5, expansion: 72, depth: 40, isGated: true, isSwish: false, stride: 2),
    Block(kernel: 5, expansion: 120, depth: 40, isGated: true, isSwish: false),
    Block(kernel: 5, expansion: 120, depth: 40, isGated: true, isSwish: false),
    Block(kernel: 3, expansion: 240, depth: 80, isGated: false, isSwish: true, stride: 2),
    Block(kernel: 3, expansion: 200, depth: 80, isGated: false, isSwish: true),
    Block(kernel: 3, expansion: 184, depth: 80, isGated: false, isSwish: true),
    Block(kernel: 3, expansion: 184, depth: 80, isGated: false, isSwish: true),
    Block(kernel: 3, expansion: 480, depth: 112, isGated: true, isSwish: true),
    Block(kernel: 3, expansion: 672, depth: 112, isGated: true, isSwish: true),
  ]

  /// What was laid.
  struct Laid {
    let graph: Graph
    /// The sizes of the six maps that predictors read, from the largest to the smallest.
    let maps: [Extent]
    /// The classes and the background.
    let columns: Int
    /// Whether the last layers of the backbone have half as many channels as those of the classifier.
    let hasReducedTail: Bool
  }

  /// Lays the network.
  ///
  /// - Throws: `ImportError` iff tensors are missing, have other shapes, or are more than the network's.
  static func laid(_ state: StateDict) throws(ImportError) -> Laid {
    var layers = TorchLayers(state, height: side, width: side)
    let columns = try columns(state)
    // A backbone that was trained as a classifier and loaded before the detector's training has all its channels.
    let tail = state.tensors["backbone.features.1.0.3.0.weight"]?.extents.first == 160 ? 160 : 80
    let (outputs, maps): ([Graph.Value], [Graph.Value])
    do throws(GraphError) {
      (outputs, maps) = try lay(&layers, columns: columns, tail: tail)
    } catch {
      throw ImportError(file: state.path, place: [error.node], reason: error.reason)
    }
    return Laid(
      graph: try layers.finished(outputs, network: name), maps: maps.map { layers.size(of: $0) }, columns: columns,
      hasReducedTail: tail == 80)
  }

  /// Returns names and shapes of all tensors of the network but the counters of its batch norms.
  ///
  /// - Parameter columns: the classes and the background.
  package static func tensors(
    columns: Int, hasReducedTail: Bool = true
  ) throws(GraphError) -> [(name: String, extents: [Int])] {
    var layers = TorchLayers(StateDict("", [:], others: []), height: side, width: side)
    _ = try lay(&layers, columns: columns, tail: hasReducedTail ? 80 : 160)
    return layers.wanted
  }

  /// Lays the whole network; returns the two heads, boxes first, and the maps that they read.
  private static func lay(
    _ layers: inout TorchLayers, columns: Int, tail: Int
  ) throws(GraphError) -> (outputs: [Graph.Value], maps: [Graph.Value]) {
    let maps = try maps(&layers, tail: tail)
    let boxes = try heads(maps, "head.regression_head", 4, &layers)
    return ([boxes, try heads(maps, "head.classification_head", columns, &layers)], maps)
  }

  /// Returns the columns of the class head, which its shape says; COCO's where there is none.
  private static func columns(_ state: StateDict) throws(ImportError) -> Int {
    let head = "head.classification_head.module_list.0.1.weight"
    guard let outputs = state.tensors[head]?.extents.first else { return 91 }
    guard outputs.isMultiple(of: boxesPerCell), (2...mostColumns).contains(outputs / boxesPerCell) else {
      throw ImportError(
        file: state.path, place: [head],
        reason: "\(outputs) channels are not \(boxesPerCell) boxes of 2 to \(mostColumns) classes each")
    }
    return outputs / boxesPerCell
  }

  /// Lays backbone and extra layers, and returns the maps that predictors read.
  private static func maps(_ layers: inout TorchLayers, tail: Int) throws(GraphError) -> [Graph.Value] {
    let features = "backbone.features"
    var value = try layers.convolution(
      layers.graph.input, "\(features).0.0", kernel: 3, stride: 2, to: 16, .hardSwish)
    for (index, block) in early.enumerated() {
      value = try residual(value, "\(features).0.\(index + 1).block", block, &layers)
    }
    // The next block is cut in two behind its first convolution, which gives the first map.
    let first = try layers.convolution(value, "\(features).0.13", to: 672, .hardSwish)
    let cut = Block(kernel: 5, expansion: 672, depth: tail, isGated: true, isSwish: true, stride: 2)
    value = try reduced(first, "\(features).1.0", at: 1, cut, &layers)
    let late = Block(kernel: 5, expansion: 6 * tail, depth: tail, isGated: true, isSwish: true)
    for index in 1...2 { value = try residual(value, "\(features).1.\(index).block", late, &layers) }
    value = try layers.convolution(value, "\(features).1.3", to: 6 * tail, .hardSwish)
    var maps = [first, value]
    for (index, depth) in [512, 256, 256, 128].enumerated() {
      let name = "backbone.extra.\(index)"
      value = try layers.convolution(value, "\(name).0", to: depth / 2, .relu6)
      value = try layers.depthwise(value, "\(name).1", kernel: 3, stride: 2, .relu6)
      value = try layers.convolution(value, "\(name).2", to: depth, .relu6)
      maps.append(value)
    }
    return maps
  }

  /// Lays an inverted residual block (`InvertedResidual`).
  private static func residual(
    _ value: Graph.Value, _ name: String, _ block: Block, _ layers: inout TorchLayers
  ) throws(GraphError) -> Graph.Value {
    let isExpanded = block.expansion != layers.channels(of: value)
    let inner =
      isExpanded
      ? try layers.convolution(value, "\(name).0", to: block.expansion, block.isSwish ? .hardSwish : .relu) : value
    let result = try reduced(inner, name, at: isExpanded ? 1 : 0, block, &layers)
    guard block.stride == 1, layers.channels(of: value) == block.depth else { return result }
    return try layers.sum(result, value, "\(name).add")
  }

  /// Lays what follows the expansion of a block: its children of `name` from number `first` on.
  private static func reduced(
    _ value: Graph.Value, _ name: String, at first: Int, _ block: Block, _ layers: inout TorchLayers
  ) throws(GraphError) -> Graph.Value {
    var (value, child) = (value, first)
    value = try layers.depthwise(
      value, "\(name).\(child)", kernel: block.kernel, stride: block.stride, block.isSwish ? .hardSwish : .relu)
    child += 1
    if block.isGated {
      let squeezed = FeatureExtractor.divisible(Double(block.expansion / 4))
      value = try layers.gated(value, "\(name).\(child)", squeezed: squeezed)
      child += 1
    }
    return try layers.convolution(value, "\(name).\(child)", to: block.depth, .none)
  }

  /// Lays one head over all maps: `columns` numbers of each box (`SSDLiteHead`).
  private static func heads(
    _ maps: [Graph.Value], _ name: String, _ columns: Int, _ layers: inout TorchLayers
  ) throws(GraphError) -> Graph.Value {
    var values: [Graph.Value] = []
    for (index, map) in maps.enumerated() {
      let predictor = "\(name).module_list.\(index)"
      let spread = try layers.depthwise(map, "\(predictor).0", kernel: 3, .relu6)
      values.append(try layers.result(spread, "\(predictor).1", to: boxesPerCell * columns))
    }
    return try layers.rows(values, columns: columns, name)
  }
}
