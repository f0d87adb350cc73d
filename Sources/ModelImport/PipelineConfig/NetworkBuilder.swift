internal import Model

/// Lays the layers of a network that a configuration describes, one behind the other, with random weights.
///
/// Weights are spread as He et al. do (arXiv:1502.01852), so that activations neither vanish nor grow, and are the same
/// for the same configuration each time.
struct NetworkBuilder {
  private(set) var graph: Graph
  /// Where the configuration is.
  let path: String
  /// Whether windows are padded alike on both sides, whatever the size of the map.
  private let hasExplicitPadding: Bool
  private var random = RandomWeights()
  /// Weights so far: a configuration may ask for more than there is memory.
  private var weightCount = 0

  /// The most weights: four times those of the largest SSD MobileNet of the model zoo.
  private static let mostWeights = 1 << 26

  /// A network whose input has `height` rows and `width` columns of three channels.
  init(_ config: SSDConfig, file: String) {
    graph = Graph(input: Shape(height: config.height, width: config.width, channels: 3))
    (path, hasExplicitPadding) = (file, config.hasExplicitPadding)
  }

  /// Returns rows and columns of `value`.
  func size(of value: Graph.Value) -> Extent {
    let map = graph.shape(of: value).map
    return Extent(height: map?.height ?? 0, width: map?.width ?? 0)
  }

  /// Returns the channels of `value`.
  func channels(of value: Graph.Value) -> Int { graph.shape(of: value).map?.channels ?? 0 }

  /// Adds a convolution over all channels, and what stands behind it.
  mutating func convolution(
    _ value: Graph.Value, _ name: String, kernel: Int, stride: Int = 1, to outputs: Int, _ style: SSDConfig.Style
  ) throws(ImportError) -> Graph.Value {
    let inputs = channels(of: value)
    let weights = try weights([kernel, kernel, inputs, outputs], inputs: kernel * kernel * inputs, name)
    let convolution = Convolution(weights: weights, window: window(kernel, stride))
    return try finish(try add(name, .convolution(convolution), [value]), name, style)
  }

  /// Adds a convolution of each channel for itself, and what stands behind it.
  mutating func depthwise(
    _ value: Graph.Value, _ name: String, kernel: Int, stride: Int = 1, _ style: SSDConfig.Style
  ) throws(ImportError) -> Graph.Value {
    let weights = try weights([kernel, kernel, channels(of: value)], inputs: kernel * kernel, name)
    let convolution = DepthwiseConvolution(weights: weights, window: window(kernel, stride))
    return try finish(try add(name, .depthwise(convolution), [value]), name, style)
  }

  /// Adds a convolution that gives results: with a bias and nothing behind it.
  mutating func result(
    _ value: Graph.Value, _ name: String, kernel: Int, to outputs: Int, bias: Float
  ) throws(ImportError) -> Graph.Value {
    let inputs = channels(of: value)
    let weights = try weights([kernel, kernel, inputs, outputs], inputs: kernel * kernel * inputs * 16, name)
    let biases = Constant(repeating: bias, count: outputs)
    let window = Window(stride: Extent(height: 1, width: 1), padding: .same)
    return try add(name, .convolution(Convolution(weights: weights, bias: biases, window: window)), [value])
  }

  /// Adds the sum of two maps.
  mutating func sum(_ left: Graph.Value, _ right: Graph.Value, _ name: String) throws(ImportError) -> Graph.Value {
    try add(name, .add(.none), [left, right])
  }

  /// Adds squeeze-and-excite (arXiv:1709.01507; arXiv:1905.02244, section 5.3): each channel is multiplied by a hard
  /// sigmoid, which two small convolutions make of the means of all channels.
  mutating func gated(_ value: Graph.Value, _ name: String, squeezed: Int) throws(ImportError) -> Graph.Value {
    let count = channels(of: value)
    var gate = try add("\(name)/AvgPool", .mean, [value])
    gate = try convolution(gate, "\(name)/Conv", kernel: 1, to: squeezed, SSDConfig.Style(activation: .relu, norm: nil))
    let weights = try weights([1, 1, squeezed, count], inputs: squeezed, "\(name)/Conv_1")
    let window = Window(stride: Extent(height: 1, width: 1), padding: .same)
    gate = try add("\(name)/Conv_1", .convolution(Convolution(weights: weights, window: window)), [gate])
    // The biases, and the 3 by which a hard sigmoid moves what it reads.
    let offset = Constant(list: random.values(count, in: 2.75...3.25))
    gate = try add("\(name)/Conv_1/biases", .shifting(by: offset), [gate])
    gate = try add("\(name)/Conv_1/Relu6", .activation(.relu6), [gate])
    return try add("\(name)/mul", .gate(factor: 0.16667), [value, gate])
  }

  /// Adds `values`, as so many rows of `columns` numbers, one behind the other, as one output of the network.
  mutating func output(_ values: [Graph.Value], columns: Int, _ name: String) throws(ImportError) -> Graph.Value {
    var rows: [Graph.Value] = []
    for (index, value) in values.enumerated() {
      let count = (graph.shape(of: value).count ?? 0) / columns
      rows.append(try add("\(name)_\(index)", .reshape(Shape([1, count, columns])), [value]))
    }
    return try add(name, .concatenation(axis: 1), rows)
  }

  /// Says which values are the network's results: boxes and classes.
  mutating func finish(boxes: Graph.Value, classes: Graph.Value) { graph.markOutputs([boxes, classes]) }

  /// Adds batch norm and activation.
  private mutating func finish(
    _ value: Graph.Value, _ name: String, _ style: SSDConfig.Style
  ) throws(ImportError) -> Graph.Value {
    var value = value
    let count = channels(of: value)
    let scale =
      style.norm?.hasScale ?? false ? random.values(count, in: 0.75...1.25) : Array(repeating: 1, count: count)
    let hasOffset = style.norm?.hasCenter ?? true
    let offset = hasOffset ? random.values(count, in: -0.25...0.25) : Array(repeating: 0, count: count)
    if style.norm?.hasScale ?? false || hasOffset {
      value = try add(
        style.norm == nil ? "\(name)/biases" : "\(name)/BatchNorm",
        .affine(scale: Constant(list: scale), offset: Constant(list: offset)), [value])
    }
    guard style.activation != .none else { return value }
    return try add("\(name)/\(style.activation)", .activation(style.activation), [value])
  }

  private func window(_ kernel: Int, _ stride: Int) -> Window {
    let (before, after) = ((kernel - 1) / 2, kernel - 1 - (kernel - 1) / 2)
    let padding: Padding =
      hasExplicitPadding && kernel > 1
      ? .explicit(top: before, left: before, bottom: after, right: after) : .same
    return Window(stride: Extent(height: stride, width: stride), padding: padding)
  }

  /// Returns weights of the shape `extents`, each result of which is the sum of so many inputs.
  private mutating func weights(_ extents: [Int], inputs: Int, _ name: String) throws(ImportError) -> Constant {
    let shape = Shape(extents)
    let (sum, overflows) = weightCount.addingReportingOverflow(shape.count ?? .max)
    guard !overflows, sum <= Self.mostWeights else {
      throw ImportError(file: path, place: [name], reason: "the network has more than \(Self.mostWeights) weights")
    }
    weightCount = sum
    let bound = (6 / Float(max(inputs, 1))).squareRoot()
    return Constant(random.values(shape.count ?? 0, in: -bound...bound), shape: shape)
  }

  private mutating func add(
    _ name: String, _ operation: Operator, _ inputs: [Graph.Value]
  ) throws(ImportError) -> Graph.Value {
    do { return try graph.append(name: name, operation: operation, inputs: inputs) } catch {
      throw ImportError(file: path, place: [error.node], reason: error.reason)
    }
  }
}

/// Numbers that look random and are the same each time (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
struct RandomWeights {
  private var state: UInt64 = 2026

  /// After so many numbers they come again, for a network has millions; a prime, so that no two rows are alike.
  private static let period = 4093

  /// Returns so many numbers within `range`.
  mutating func values(_ count: Int, in range: ClosedRange<Float>) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(count)
    let width = range.upperBound - range.lowerBound
    for _ in 0..<min(count, Self.period) {
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = state
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      bits ^= bits >> 31
      values.append(range.lowerBound + width * Float(bits >> 40) / Float(1 << 24))
    }
    let piece = values
    while values.count < count { values.append(contentsOf: piece.prefix(count - values.count)) }
    return values
  }
}
