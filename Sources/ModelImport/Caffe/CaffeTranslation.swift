internal import Model
internal import Scene

/// A network of Caffe's on its way to a graph, layer by layer.
///
/// Caffe's maps are channels, rows, columns; the graph's have the channels last. So a Permute that puts them last only
/// says how a blob is to be seen, and nothing is moved.
struct CaffeTranslation {
  /// What a blob is while the network is translated.
  enum Value {
    /// A map, seen as pictures, channels, rows, columns.
    case map(Graph.Value)
    /// Numbers in the graph's order, seen with some extents.
    case flat(Flat)
    /// What PriorBox gives.
    case priors(PriorBoxes)
  }

  /// Numbers one behind the other.
  struct Flat {
    var value: Graph.Value
    var extents: [Int]
    /// What the head makes of the numbers of the last axis.
    var scores = ScoreConversion.identity
    /// The extent over which a softmax goes; nil without one.
    var columns: Int?
    /// Whether the numbers are to be seen in the order channels, rows, columns, in which they do not lie.
    var isPlanar = false
  }

  /// How a layer's tops come from its bottoms.
  typealias Rule = @Sendable (inout CaffeTranslation, CaffeLayer) throws(ImportError) -> [Value]

  let net: CaffeNet
  var graph: Graph
  var weights: CaffeWeights
  private var values: [String: Value] = [:]
  /// What each layer gives first, by its name, before layers behind it overwrite the blob.
  private(set) var results: [String: Value] = [:]
  /// The zeros around the blobs that a padding layer gives, for the convolution behind it.
  var padded: [String: Extent] = [:]
  /// Prior boxes so far, copies included.
  var priorCount = 0
  /// How many numbers of constants there may still be: half a gigabyte in all, whatever sizes a text names.
  private var budget = 1 << 27
  /// The picture behind an identity, for layers that cannot read it as it is.
  private var copiedInput: Graph.Value?

  /// Rows and columns of the picture.
  var inputSize: Extent {
    let extents = graph.shape(of: graph.input).extents
    return Extent(height: extents[1], width: extents[2])
  }

  /// A translation of `source`, whose input is `size` where that is not nil.
  ///
  /// - Throws: `ImportError` where there is no input that is a picture.
  init(_ source: CaffeSource, size: Extent?) throws(ImportError) {
    net = source.net
    weights = CaffeWeights(source.weights?.net, source.weights?.bytes, for: source.net.path)
    let trained = try net.trainingInput()
    let given = net.inputs.first { $0.extents.count == 4 }
    let known = given.map { Extent(height: $0.extents[2], width: $0.extents[3]) } ?? trained?.size
    guard let name = given?.name ?? trained?.blob else {
      throw ImportError(file: net.path, reason: "it names no input of four extents")
    }
    guard let size = size ?? known else {
      throw ImportError(
        file: net.path, reason: "the size of its input is not in the file; \"size\" in a sidecar can say it")
    }
    let channels = given?.extents[1] ?? 3
    guard (1...4).contains(channels), Extent.sides.contains(size.height), Extent.sides.contains(size.width) else {
      throw ImportError(
        file: net.path,
        reason: "input \(name.printable(most: 100)) of \(size.height)×\(size.width)×\(channels) is no picture")
    }
    graph = Graph(input: Shape(height: size.height, width: size.width, channels: channels))
    values[name] = .map(graph.input)
  }

  /// Translates `layers`, each behind those that give what it reads.
  ///
  /// - Throws: `ImportError` that names all layers of unknown types, or the first that cannot be translated.
  mutating func translate(_ layers: [CaffeLayer]) throws(ImportError) {
    var unknown: [String: [String]] = [:]
    for layer in layers where Self.rules[layer.type] == nil { unknown[layer.type, default: []].append(layer.name) }
    guard unknown.isEmpty else {
      let types = unknown.sorted { $0.key < $1.key }.map { type, names in
        "\(type.printable(most: 60)) (\(names.lazy.map { $0.printable(most: 60) }.listed(most: 3)))"
      }
      throw ImportError(
        file: net.path, reason: "layers of these types are not supported: \(types.listed(most: 20))")
    }
    for layer in layers {
      guard let rule = Self.rules[layer.type] else { continue }
      let results = try rule(&self, layer)
      guard results.count >= layer.tops.count || layer.tops.isEmpty else {
        throw fault(layer, "\(layer.tops.count) tops are more than it gives")
      }
      for (top, result) in zip(layer.tops, results) { values[top] = result }
      self.results[layer.name] = results.first
    }
  }

  /// Returns the error of `layer` that says `reason`.
  func fault(_ layer: CaffeLayer, _ reason: String) -> ImportError {
    ImportError(file: net.path, place: layer.place, reason: reason)
  }

  /// - Throws: `ImportError` where something in `message` was not asked for: it would change what the layer computes.
  func end(_ message: ConfigMessage) throws(ImportError) {
    guard let name = message.firstName else { return }
    throw message.error(name, "is not supported")
  }

  /// Returns the blob `name`, which `layer` reads.
  func value(named name: String, for layer: CaffeLayer) throws(ImportError) -> Value {
    guard let value = values[name] else {
      throw fault(layer, "reads blob \(name.printable(most: 100)), which nothing gives")
    }
    return value
  }

  /// Returns bottom number `index` of `layer`.
  func value(_ layer: CaffeLayer, _ index: Int = 0) throws(ImportError) -> Value {
    guard index < layer.bottoms.count else { throw fault(layer, "it reads \(layer.bottoms.count) blobs") }
    return try value(named: layer.bottoms[index], for: layer)
  }

  /// Returns bottom number `index` of `layer`, which must be a map.
  func map(_ layer: CaffeLayer, _ index: Int = 0) throws(ImportError) -> Graph.Value {
    guard case .map(let value) = try value(layer, index) else {
      throw fault(layer, "\(layer.type) of what is no map is not supported")
    }
    return value
  }

  /// Returns rows, columns and channels of a map.
  func size(of value: Graph.Value) -> (height: Int, width: Int, channels: Int) {
    graph.shape(of: value).map ?? (0, 0, 0)
  }

  /// Allows `layer` constants of `count` numbers.
  ///
  /// - Throws: `ImportError` where all of the network together are too many.
  mutating func allow(_ layer: CaffeLayer, _ count: Int) throws(ImportError) {
    guard count <= budget else { throw fault(layer, "the constants are too large") }
    budget -= count
  }

  /// Returns the channels of a map for which `layer` has two constants at most, and allows these.
  ///
  /// - Throws: `ImportError` where they are too large.
  mutating func channels(_ layer: CaffeLayer, _ value: Graph.Value) throws(ImportError) -> Int {
    let channels = size(of: value).channels
    try allow(layer, 2 * channels)
    return channels
  }

  /// Adds a node for `layer`.
  mutating func append(_ layer: CaffeLayer, _ operation: Operator, _ inputs: [Graph.Value], part: String = "")
    throws(ImportError) -> Graph.Value
  {
    var inputs = inputs
    switch operation {
    case .convolution, .affine, .reshape, .concatenation: break
    default: for index in inputs.indices where inputs[index] == graph.input { inputs[index] = try copyOfInput() }
    }
    return try add((layer.name + part).printable(), operation, inputs)
  }

  /// Adds a node called `name`.
  private mutating func add(_ name: String, _ operation: Operator, _ inputs: [Graph.Value]) throws(ImportError)
    -> Graph.Value
  {
    do throws(GraphError) { return try graph.append(name: name, operation: operation, inputs: inputs) } catch {
      throw ImportError(file: net.path, place: ["layer \(error.node)"], reason: error.reason)
    }
  }

  /// Returns the picture as a map like others: only convolutions read it where the caller lays it.
  private mutating func copyOfInput() throws(ImportError) -> Graph.Value {
    if let copiedInput { return copiedInput }
    let channels = size(of: graph.input).channels
    let identity = Constant(
      (0..<channels * channels).map { $0 % (channels + 1) == 0 ? 1 : 0 }, shape: Shape([1, 1, channels, channels]))
    let copy = try add("picture", .convolution(Convolution(weights: identity, window: .everywhere)), [graph.input])
    copiedInput = copy
    return copy
  }

  /// Marks the two heads, each in three extents [1, rows, columns], as the network's outputs, and returns the network.
  mutating func finish(_ end: CaffeEnd, _ head: DetectionHead) throws(ImportError) -> Graph {
    var outputs: [Graph.Value] = []
    for (index, columns) in [4, head.columns].enumerated() {
      guard case .flat(let flat) = try value(end.layer, index) else { throw fault(end.layer, "its heads are maps") }
      let (shape, part) = (Shape([1, head.anchors.count, columns]), index == 0 ? "/boxes" : "/classes")
      outputs.append(try append(end.layer, .reshape(shape), [flat.value], part: part))
    }
    graph.markOutputs(outputs)
    return graph.droppingDeadNodes()
  }
}

extension CaffeTranslation {
  /// Each type of layer with its rule.
  static let rules: [String: Rule] = [
    "Convolution": convolution, "InnerProduct": innerProduct, "Pooling": pooling, "padding": padding,
    "BatchNorm": batchNorm, "Scale": scale, "Bias": bias, "Normalize": normalize, "LRN": localResponse,
    "ReLU": relu, "ReLU6": relu6, "PReLU": slopes, "Sigmoid": sigmoid, "TanH": tanh, "Softmax": softmax,
    "Eltwise": eltwise, "Concat": concat, "Slice": slice, "Split": split, "Dropout": identity, "Silence": silence,
    "Permute": permute, "Flatten": flatten, "Reshape": reshape, "PriorBox": priorBox,
  ]
}
