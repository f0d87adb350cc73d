internal import KernelCalls
internal import Kernels
internal import Model

/// Turns the nodes of a graph of whole numbers into the steps of a plan.
struct IntegerLowering {
  let graph: Graph
  /// How the network's input lies: without padding.
  let layout: InputLayout
  let kernels: IntegerKernels
  private let homes: ByteHomes
  private var steps: [Draft] = []
  /// One for each block.
  private var tenants: [Arena.Tenant]

  /// A step before the arena is laid out.
  private struct Draft {
    var layer: any ByteLayer
    var description: StepDescription
    /// nil is the picture, or nothing.
    var source: ByteHomes.Home?
    var second: ByteHomes.Home?
    var target: ByteHomes.Home
    var work: Int
  }

  /// Bytes behind each block that kernels may read, for they read 16 at a time.
  private static let slack = 16
  /// Multiply-adds of a product that take as long as the rounding of a result.
  private static let workOfByte = 24
  /// Floats that arena and scratch memory may have: 1 GB.
  private static let mostFloats = 1 << 28

  /// - Throws: `InferenceError` iff a node cannot be run.
  init(_ graph: Graph, kernels: IntegerKernels, strips: StripSizes) throws(InferenceError) {
    (self.graph, self.kernels) = (graph, kernels)
    let picture = graph.shape(of: graph.input).rows
    layout = InputLayout(
      width: picture.width, height: picture.height, channels: picture.channels, top: 0, left: 0, bottom: 0, right: 0)
    homes = ByteHomes(graph)
    tenants = homes.counts.map { Arena.Tenant(count: wholeLines(($0 + Self.slack + 3) / 4), life: nil) }
    let (fusions, statistics) = (Fusions(graph, from: strips.leastBytes), GraphStatistics(graph))
    for (index, node) in graph.nodes.enumerated() where !fusions.hides(index) {
      if let parts = fusions.bottleneck(endingAt: index) {
        append(parts, statistics)
      } else {
        try append(node, statistics.nodes[index].multiplyAdds)
      }
    }
    for output in graph.outputs {
      guard !graph.isInteger(output), let home = homes.home(of: output) else {
        throw InferenceError(node: "network", reason: "its outputs are not real numbers that it computes")
      }
      tenants[home.block].live(at: steps.count)
    }
  }

  /// Lays out the arena and returns the plan.
  ///
  /// - Throws: `InferenceError` iff the maps are so large that no one means it.
  func plan() throws(InferenceError) -> Plan {
    let arena = Arena(tenants)
    let scratchCount = steps.map(\.layer.scratch).max() ?? 0
    guard max(arena.count, scratchCount) <= Self.mostFloats else {
      let megabytes = max(arena.count, scratchCount) / (1 << 18)
      throw InferenceError(
        node: graph.nodes.last?.name ?? "input", reason: "the network needs \(megabytes) MB for its maps")
    }
    func place(_ home: ByteHomes.Home) -> Place {
      .bytes(offset: arena.tenants[home.block].offset * 4 + home.offset)
    }
    return Plan(
      steps: steps.map {
        Step(
          layer: $0.layer, source: $0.source.map(place) ?? .picture, second: $0.second.map(place),
          target: place($0.target), work: $0.work)
      },
      descriptions: steps.map(\.description), arenaCount: arena.count, scratchCount: scratchCount,
      outputs: graph.outputs.map { output in
        let home = homes.home(of: output) ?? ByteHomes.Home(block: 0, offset: 0)
        return Region(
          offset: arena.tenants[home.block].offset + home.offset / 4, count: graph.shape(of: output).count ?? 0)
      })
  }

  /// Adds the steps of one node.
  private mutating func append(_ node: Graph.Node, _ multiplyAdds: Int) throws(InferenceError) {
    guard let target = homes.home(of: node.output) else { return }
    switch node.operation {
    case .reshape: try appendCopies(node, rows: 1)
    case .concatenation(let axis):
      try appendCopies(node, rows: graph.shape(of: node.output).extents[..<axis].reduce(1, *))
    case .integer(let operation):
      let layer = try layer(operation, node)
      append(
        layer, [node], multiplyAdds, from: node.inputs.first.flatMap { homes.home(of: $0) },
        second: node.inputs.dropFirst().first.flatMap { homes.home(of: $0) }, to: target)
    default:
      throw InferenceError(node: node.name, reason: "real numbers in a network of whole ones are not supported")
    }
  }

  /// Adds a copy of each input of a reshape or concatenation that does not stand where it is to stand.
  ///
  /// - Parameter rows: the parts of each input that come apart.
  /// - Throws: `InferenceError` iff it reads the picture, which is not in the arena.
  private mutating func appendCopies(_ node: Graph.Node, rows: Int) throws(InferenceError) {
    guard var target = homes.home(of: node.output) else { return }
    let stride = homes.bytes(of: node.output, in: graph) / rows
    for input in node.inputs {
      let row = homes.bytes(of: input, in: graph) / rows
      guard let home = homes.home(of: input) else {
        throw InferenceError(
          node: node.name, reason: "it moves the picture before its numbers are made whole, which is not supported")
      }
      if home != target {
        let layer = ByteCopyLayer(input: MapSize(width: 1, height: rows, channels: row), targetStride: stride)
        append(layer, [node], 0, from: home, second: nil, to: target)
      }
      target.offset += row
    }
  }

  /// Adds the step that computes three nodes at once.
  private mutating func append(_ parts: Fusions.Bottleneck, _ statistics: GraphStatistics) {
    let indices = [parts.spread, parts.depthwise, parts.project]
    let nodes = indices.map { graph.nodes[$0] }
    let sizes = [nodes[0].inputs[0], nodes[0].output, nodes[1].output, nodes[2].output].map { graph.shape(of: $0).rows }
    guard case .integer(.convolution(let spread)) = nodes[0].operation,
      case .integer(.depthwise(let depthwise)) = nodes[1].operation,
      case .integer(.convolution(let project)) = nodes[2].operation, let target = homes.home(of: nodes[2].output)
    else { preconditionFailure("The nodes are no bottleneck.") }
    let layer = ByteBottleneckLayer(
      spread: ByteConvolutionLayer(spread, input: sizes[0], output: sizes[1], kernels: kernels),
      depthwise: ByteDepthwiseLayer(depthwise, input: sizes[1], output: sizes[2], kernels: kernels),
      project: ByteConvolutionLayer(project, input: sizes[2], output: sizes[3], kernels: kernels))
    append(
      layer, nodes, statistics.multiplyAdds(of: indices), from: homes.home(of: nodes[0].inputs[0]), second: nil,
      to: target)
  }

  /// Adds a step, and lets the blocks it touches live.
  ///
  /// - Parameter nodes: those that it computes; the last one's output is its own.
  private mutating func append(
    _ layer: any ByteLayer, _ nodes: [Graph.Node], _ multiplyAdds: Int, from source: ByteHomes.Home?,
    second: ByteHomes.Home?, to target: ByteHomes.Home
  ) {
    for home in [source, second, target] { if let home { tenants[home.block].live(at: steps.count) } }
    let size = nodes.last.flatMap { MapSize(graph.shape(of: $0.output)) } ?? layer.output
    let description = StepDescription(layer, nodes: nodes.map(\.name), output: size, multiplyAdds: multiplyAdds)
    steps.append(
      Draft(
        layer: layer, description: description, source: source, second: second, target: target,
        work: max(multiplyAdds, layer.output.elementCount * Self.workOfByte)))
  }

  /// Returns the layer that computes `operation`.
  private func layer(_ operation: IntegerOperator, _ node: Graph.Node) throws(InferenceError) -> any ByteLayer {
    let output = graph.shape(of: node.output)
    let input = node.inputs.first.map(graph.shape) ?? output
    let (from, to) = (input.rows, output.rows)
    switch operation {
    case .fromReal(let grid):
      let isPicture = node.inputs[0] == graph.input
      let stride = isPicture ? layout.rowStride : from.width * from.channels
      return QuantizeLayer(input: from, grid: grid, rowStride: stride, quantize: kernels.quantize)
    case .toReal(let grid): return DequantizeLayer(input: from.column, grid: grid)
    case .convolution(let convolution):
      return ByteConvolutionLayer(convolution, input: from, output: to, kernels: kernels)
    case .depthwise(let convolution):
      return ByteDepthwiseLayer(convolution, input: from, output: to, kernels: kernels)
    case .add(let sum):
      return ByteSumLayer(sum, input: from.column, secondCount: secondCount(node), kernels: kernels)
    case .multiply(let product):
      return BytePairLayer(input: from.column, kind: .product, secondCount: secondCount(node)) { product($0, $1) }
    case .extreme(let extreme):
      return BytePairLayer(input: from.column, kind: .pair, secondCount: secondCount(node)) { extreme($0, $1) }
    case .mean(let mean): return ByteMeanLayer(input: from, mean: mean)
    case .pool(let pool): return BytePoolLayer(pool, input: from, output: to)
    case .resize(let resize, let isSigned):
      return ByteResizeLayer(resize, isSigned: isSigned, input: from, output: to)
    case .softmax(let softmax): return SoftmaxLayer(input: from.column, softmax: softmax)
    case .table(let table): return TableLayer(table, input: from.column)
    case .rearrange(let rearrangement, _): return RearrangeLayer(rearrangement)
    case .pad(let padding): return BytePadLayer(padding, around: input)
    case .constant(let values, _): return ByteConstantLayer(input: to, values: values.map(byte))
    }
  }

  /// Returns how many values the second operand of a sum or product has.
  private func secondCount(_ node: Graph.Node) -> Int { graph.shape(of: node.inputs[1]).count ?? 1 }
}

extension Shape {
  /// The size of a feature map, or of any other tensor as a row of pixels, its last extent the channels.
  fileprivate var rows: MapSize {
    if let size = MapSize(self) { return size }
    let channels = max(extents.last ?? 1, 1)
    return MapSize(width: (count ?? 0) / channels, height: 1, channels: channels)
  }
}
