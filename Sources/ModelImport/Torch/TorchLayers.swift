internal import Model
internal import Scene

/// Lays layers as torchvision names them, with the weights of a state dict; notes which of these are missing or have
/// another shape than the layer.
///
/// Until `finished` has said that none is, zeros stand for them.
struct TorchLayers {
  private(set) var graph: Graph
  private let state: StateDict
  /// Names and shapes of the tensors that the layers laid so far have.
  private(set) var wanted: [(name: String, extents: [Int])] = []
  private var missing: [String] = []
  private var misfits: [String] = []

  /// What torchvision's MobileNetV3 detectors add to a variance.
  private static let epsilon = 0.001

  /// Layers behind an input of `height` rows and `width` columns of three channels.
  init(_ state: StateDict, height: Int, width: Int) {
    self.state = state
    graph = Graph(input: Shape(height: height, width: width, channels: 3))
  }

  /// Returns the channels of `value`.
  func channels(of value: Graph.Value) -> Int { graph.shape(of: value).map?.channels ?? 0 }

  /// Returns rows and columns of `value`.
  func size(of value: Graph.Value) -> Extent {
    let map = graph.shape(of: value).map
    return Extent(height: map?.height ?? 0, width: map?.width ?? 0)
  }

  /// Adds a convolution over all channels, its batch norm and its activation (`Conv2dNormActivation`).
  mutating func convolution(
    _ value: Graph.Value, _ name: String, kernel: Int = 1, stride: Int = 1, to outputs: Int, _ activation: Activation
  ) throws(GraphError) -> Graph.Value {
    let weights = constant("\(name).0.weight", [outputs, channels(of: value), kernel, kernel], axes: [2, 3, 1, 0])
    let convolution = Convolution(weights: weights, window: window(kernel, stride))
    return try normed(
      graph.append(name: "\(name).0", operation: .convolution(convolution), inputs: [value]), name, activation)
  }

  /// Adds a convolution of each channel for itself, its batch norm and its activation.
  mutating func depthwise(
    _ value: Graph.Value, _ name: String, kernel: Int, stride: Int = 1, _ activation: Activation
  ) throws(GraphError) -> Graph.Value {
    let weights = constant("\(name).0.weight", [channels(of: value), 1, kernel, kernel], axes: [2, 3, 0])
    let convolution = DepthwiseConvolution(weights: weights, window: window(kernel, stride))
    return try normed(
      graph.append(name: "\(name).0", operation: .depthwise(convolution), inputs: [value]), name, activation)
  }

  /// Adds a convolution of single pixels with a bias and nothing behind it.
  mutating func result(
    _ value: Graph.Value, _ name: String, to outputs: Int, addedToBias: Float = 0
  ) throws(GraphError) -> Graph.Value {
    let weights = constant("\(name).weight", [outputs, channels(of: value), 1, 1], axes: [2, 3, 1, 0])
    var bias = constant("\(name).bias", [outputs])
    if addedToBias != 0 { bias = Constant(bias.values.map { $0 + addedToBias }, shape: bias.shape) }
    return try graph.append(
      name: name, operation: .convolution(Convolution(weights: weights, bias: bias, window: window(1, 1))),
      inputs: [value])
  }

  /// Adds squeeze-and-excite (arXiv:1709.01507) with a hard sigmoid, relu6(x + 3)/6, before the product.
  mutating func gated(_ value: Graph.Value, _ name: String, squeezed: Int) throws(GraphError) -> Graph.Value {
    var gate = try graph.append(name: "\(name).avgpool", operation: .mean, inputs: [value])
    gate = try result(gate, "\(name).fc1", to: squeezed)
    gate = try graph.append(name: "\(name).activation", operation: .activation(.relu), inputs: [gate])
    gate = try result(gate, "\(name).fc2", to: channels(of: value), addedToBias: 3)
    gate = try graph.append(name: "\(name).scale_activation", operation: .activation(.relu6), inputs: [gate])
    return try graph.append(name: name, operation: .gate(factor: 1 / 6), inputs: [value, gate])
  }

  /// Adds the sum of two maps.
  mutating func sum(_ left: Graph.Value, _ right: Graph.Value, _ name: String) throws(GraphError) -> Graph.Value {
    try graph.append(name: name, operation: .add(.none), inputs: [left, right])
  }

  /// Adds `values`, as so many rows of `columns` numbers, one behind the other.
  mutating func rows(_ values: [Graph.Value], columns: Int, _ name: String) throws(GraphError) -> Graph.Value {
    var rows: [Graph.Value] = []
    for (index, value) in values.enumerated() {
      let shape = Shape([1, (graph.shape(of: value).count ?? 0) / columns, columns])
      rows.append(try graph.append(name: "\(name).\(index)", operation: .reshape(shape), inputs: [value]))
    }
    return try graph.append(name: name, operation: .concatenation(axis: 1), inputs: rows)
  }

  /// Returns the graph with its results; says which of the state dict's tensors it has no use for.
  ///
  /// - Throws: `ImportError` naming tensors that are missing, of another shape, or of no use to the network.
  mutating func finished(_ outputs: [Graph.Value], network: String) throws(ImportError) -> Graph {
    let used = Set(wanted.map(\.name))
    let unused =
      state.tensors.keys.filter { !used.contains($0) && !$0.hasSuffix(".num_batches_tracked") } + state.others
    for (names, fault) in [(missing, "lacks"), (misfits, "does not fit"), (unused.sorted(), "has beside its tensors")]
    where !names.isEmpty {
      throw ImportError(
        file: state.path,
        reason: "the state dict is not that of \(network): it \(fault) \(names.listed(most: 3).printable(most: 600))")
    }
    graph.markOutputs(outputs)
    return graph
  }

  /// Adds the batch norm behind a convolution, as scale and offset, and its activation.
  private mutating func normed(
    _ value: Graph.Value, _ name: String, _ activation: Activation
  ) throws(GraphError) -> Graph.Value {
    let count = channels(of: value)
    let numbers = ["weight", "bias", "running_mean", "running_var"].map { constant("\(name).1.\($0)", [count]).values }
    let affine = Operator.batchNorm(
      scale: numbers[0], offset: numbers[1], mean: numbers[2], variance: numbers[3], epsilon: Self.epsilon)
    let normed = try graph.append(name: "\(name).1", operation: affine, inputs: [value])
    guard activation != .none else { return normed }
    return try graph.append(name: "\(name).2", operation: .activation(activation), inputs: [normed])
  }

  /// Returns the tensor `name`, which must have the shape `extents`, with its axes in the order `axes`.
  private mutating func constant(_ name: String, _ extents: [Int], axes: [Int]? = nil) -> Constant {
    wanted.append((name, extents))
    let axes = axes ?? Array(extents.indices)
    if let tensor = state.tensors[name] {
      if tensor.extents == extents, tensor.type.isReal { return tensor.floats(axes: axes) }
      let type = tensor.type.isReal ? "" : " of \(tensor.type)"
      misfits.append("\(name) (\(tensor.shape)\(type), not \(Shape(extents)))")
    } else {
      missing.append(name)
    }
    return Constant(shape: Shape(axes.map { extents[$0] })) { _ in }
  }

  /// A window with the same zeros on all sides, also where its stride is 2: PyTorch's, not TensorFlow's.
  private func window(_ kernel: Int, _ stride: Int) -> Window {
    let zeros = (kernel - 1) / 2
    return Window(
      stride: Extent(height: stride, width: stride),
      padding: .explicit(top: zeros, left: zeros, bottom: zeros, right: zeros))
  }
}
