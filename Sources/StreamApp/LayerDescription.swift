internal import Model

/// What there is to tell of one node of a network.
struct LayerDescription {
  /// The name in the model's file.
  let name: String
  /// What it computes: `depthwise convolution`.
  let operation: String
  /// Nil where the parts of the network cannot be told apart.
  let part: DetectorParts.Part?
  /// Height and width of a convolution's kernel, and how it moves; nil for all else.
  let kernel: (size: Extent, window: Window)?
  let inputs: [Shape]
  let output: Shape
  let count: GraphStatistics.Count

  /// The description of node number `node` of `graph`.
  init(_ graph: Graph, node: Int, part: DetectorParts.Part?, count: GraphStatistics.Count) {
    let node = graph.nodes[node]
    (name, self.part, self.count) = (node.name, part, count)
    (inputs, output) = (node.inputs.map(graph.shape), graph.shape(of: node.output))
    switch node.operation {
    case .convolution(let convolution):
      (operation, kernel) = ("convolution", (convolution.kernel, convolution.window))
    case .depthwise(let convolution):
      (operation, kernel) = ("depthwise convolution", (convolution.kernel, convolution.window))
    case .affine(let scale, _): (operation, kernel) = (scale.isOne ? "bias" : "batch norm", nil)
    case .activation(.hardSwish): (operation, kernel) = ("hard-swish", nil)
    case .activation(let activation): (operation, kernel) = ("\(activation)", nil)
    case .fakeQuantization: (operation, kernel) = ("fake quantization", nil)
    case .add: (operation, kernel) = ("sum", nil)
    case .mean: (operation, kernel) = ("mean", nil)
    case .gate: (operation, kernel) = ("gate", nil)
    case .resize(let resize): (operation, kernel) = ("\(resize.method) resize", nil)
    case .reshape: (operation, kernel) = ("reshape", nil)
    case .concatenation: (operation, kernel) = ("concatenation", nil)
    case .map(let map): (operation, kernel) = (map.word, map.kernel)
    case .integer(let integer): (operation, kernel) = Self.words(integer)
    }
  }

  /// What an operator on whole numbers is called, and its window where it has one.
  private static func words(_ integer: IntegerOperator) -> (String, (size: Extent, window: Window)?) {
    switch integer {
    case .fromReal: ("quantize", nil)
    case .toReal: ("dequantize", nil)
    case .convolution(let convolution): ("convolution", (convolution.kernel, convolution.window))
    case .depthwise(let convolution): ("depthwise convolution", (convolution.kernel, convolution.window))
    case .add(let sum): (sum.subtrahend == nil ? "sum" : "difference", nil)
    case .multiply: ("product", nil)
    case .extreme(let extreme): (extreme == .least ? "minimum" : "maximum", nil)
    case .mean: ("mean", nil)
    case .pool(let pool): (pool.method.word, (pool.kernel, pool.window))
    case .resize(let resize, _): ("\(resize.method) resize", nil)
    case .softmax: ("softmax", nil)
    case .table: ("table", nil)
    case .rearrange: ("rearrangement", nil)
    case .pad: ("padding", nil)
    case .constant: ("constant", nil)
    }
  }

  /// Zeros above, left, below and right.
  var padding: [Int] {
    guard case .explicit(let top, let left, let bottom, let right) = kernel?.window.padding else { return [] }
    return [top, left, bottom, right]
  }

  /// Its words in the columns of a table: all but the part.
  var row: [String] {
    let places = kernel.map { kernel in
      let dilation = kernel.window.dilation
      let spread = dilation == Extent(height: 1, width: 1) ? "" : " every \(Self.text(dilation))"
      return [
        Self.text(kernel.size) + spread, Self.text(kernel.window.stride),
        padding.map(String.init).joined(separator: ","),
      ]
    }
    return [name, operation] + (places ?? ["", "", ""])
      + [
        inputs.map { "\($0)" }.joined(separator: " + "), "\(output)",
        count.parameters > 0 ? grouped(count.parameters) : "",
        count.multiplyAdds > 0 ? grouped(count.multiplyAdds) : "",
      ]
  }

  private static func text(_ extent: Extent) -> String { "\(extent.height)×\(extent.width)" }
}

extension Pool.Method {
  /// What a pool of this kind is called.
  fileprivate var word: String { self == .maximum ? "max pooling" : "mean pooling" }
}

extension MapOperator {
  /// What it computes, in a word or two.
  fileprivate var word: String {
    switch self {
    case .pool(let pool): pool.method.word
    case .crop: "crop"
    case .join: "join"
    case .product: "product"
    case .maximum: "maximum"
    case .unitLength: "unit length"
    case .localResponse: "local response"
    case .softmax: "softmax"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    case .leaky: "leaky relu"
    case .clamp: "clamp"
    }
  }

  /// How its window moves; nil without one.
  fileprivate var kernel: (size: Extent, window: Window)? {
    if case .pool(let pool) = self { (pool.kernel, pool.window) } else { nil }
  }
}
