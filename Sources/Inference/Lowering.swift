internal import KernelCalls
internal import Kernels
internal import Model

/// Turns the nodes of a graph into the steps of a plan.
///
/// Maps lie in panels; what a reshape or a concatenation gives, and every output, lies flat (`FlatHomes`). Which layer
/// computes a node is said in `Lowering+Layers`.
struct Lowering {
  let graph: Graph
  /// How the network's input lies.
  let layout: InputLayout
  let kernels: KernelSet
  let products: Products
  private let homes: FlatHomes
  private let halves: HalfMaps
  private var steps: [Draft] = []
  /// The blocks of the arena: one for each flat tensor, then one for each map.
  private var tenants: [Arena.Tenant]
  /// The tenant of each map, by the value's index.
  private var tenantOfMap: [Int: Int] = [:]
  /// The tenants of transformed tiles.
  private var tilings: [Tiling: Int] = [:]

  /// A step before the arena is laid out.
  private struct Draft {
    var layer: any Layer
    var description: StepDescription
    var source: Store
    var second: Store?
    var target: Store
    var work: Int
  }

  /// What a draft reads or writes.
  private enum Store {
    case picture
    case panels(tenant: Int)
    case flat(FlatHomes.Home)
  }

  /// Whose tiles, and which.
  private struct Tiling: Hashable {
    let value: Int
    let tiles: WinogradTiles
  }

  /// - Precondition: `graph` is optimized.
  /// - Throws: `InferenceError` iff a node cannot be run.
  init(_ graph: Graph, kernels: KernelSet, precision: Precision, strips: StripSizes) throws(InferenceError) {
    (self.graph, self.kernels) = (graph, kernels)
    // Where some value is rounded to a grid, sums have to be those of the network's runtime to the bit.
    let isRounded = graph.nodes.contains {
      if case .fakeQuantization = $0.operation { true } else { false }
    }
    products = Products(precision, kernels: kernels, inOrder: isRounded)
    layout = try InputLayout(graph)
    homes = try FlatHomes(graph)
    halves = products.areOfHalves ? HalfMaps(graph) : HalfMaps()
    tenants = homes.counts.map { Arena.Tenant(count: wholeLines($0), life: nil) }
    let fusions = Fusions(graph, from: strips.leastFloats)
    let statistics = GraphStatistics(graph)
    for (index, node) in graph.nodes.enumerated() where !fusions.hides(index) && !node.isPlace {
      if let parts = fusions.bottleneck(endingAt: index) {
        let indices = [parts.spread, parts.depthwise, parts.project]
        let work = indices.map { statistics.nodes[$0].multiplyAdds }
        let inputs = [graph.nodes[parts.spread].inputs[0]] + node.inputs.dropFirst()
        try append(try bottleneck(parts, strips), covering: indices, statistics, reading: inputs, work: work.max() ?? 0)
      } else if let sums = fusions.sums(roundedAt: index) {
        let work = statistics.nodes[sums].multiplyAdds
        let layer = try rounded(node, sums: graph.nodes[sums])
        try append(layer, covering: [sums, index], statistics, reading: graph.nodes[sums].inputs, work: work)
      } else if let layers = try winogradLayers(node) {
        try append(layers, at: index, statistics)
      } else {
        let work = max(statistics.nodes[index].multiplyAdds, try size(of: node.output, at: node).floats)
        try append(try layer(node), covering: [index], statistics, reading: node.inputs, work: work)
      }
      for home in homes.homes(ofMap: node.output) {
        let size = try size(of: node.output, at: node)
        let layer = FlattenLayer(input: size.column, unpanel: kernels.unpanel)
        let description = StepDescription(layer, nodes: [node.name], output: size, multiplyAdds: 0)
        try append(
          Draft(
            layer: layer, description: description, source: store(node.output, at: node), second: nil,
            target: .flat(home), work: layer.input.floats))
      }
    }
    for home in homes.outputs { touch(.flat(home), at: steps.count) }
  }

  /// Floats that arena and scratch memory may have: 1 GB, far more than any detector needs.
  private static let mostFloats = 1 << 28

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
    func place(_ store: Store) -> Place {
      switch store {
      case .picture: .picture
      case .panels(let tenant): .panels(offset: arena.tenants[tenant].offset)
      case .flat(let home): .flat(offset: arena.tenants[home.tensor].offset + home.offset)
      }
    }
    return Plan(
      steps: steps.map {
        Step(
          layer: $0.layer, source: place($0.source), second: $0.second.map(place), target: place($0.target),
          work: $0.work)
      },
      descriptions: steps.map(\.description), arenaCount: arena.count, scratchCount: scratchCount,
      outputs: zip(graph.outputs, homes.outputs).map {
        Region(offset: arena.tenants[$1.tensor].offset + $1.offset, count: graph.shape(of: $0).count ?? 0)
      })
  }

  /// Returns the size of the map `value`, which `node` reads or gives.
  func size(of value: Graph.Value, at node: Graph.Node) throws(InferenceError) -> MapSize {
    if var size = MapSize(graph.shape(of: value)) {
      if halves.contains(value) { size.elements = products.halfElements }
      return size
    }
    throw InferenceError(node: node.name, reason: "\(graph.shape(of: value)) is no feature map")
  }

  /// Adds the step that computes the nodes at `indices`, of which the last one's output gets a block of its own.
  ///
  /// - Precondition: there is an index.
  private mutating func append(
    _ layer: any Layer, covering indices: [Int], _ statistics: GraphStatistics, reading inputs: [Graph.Value], work: Int
  ) throws(InferenceError) {
    let node = graph.nodes[indices[indices.count - 1]]
    let target = tenants.count
    let size = try size(of: node.output, at: node)
    let description = StepDescription(
      layer, nodes: indices.map { graph.nodes[$0].name }, output: size,
      multiplyAdds: statistics.multiplyAdds(of: indices))
    tenants.append(Arena.Tenant(count: wholeLines(size.floats), life: nil))
    tenantOfMap[node.output.index] = target
    let second: Store? = inputs.count > 1 ? try store(inputs[1], at: node) : nil
    append(
      Draft(
        layer: layer, description: description, source: try store(inputs[0], at: node), second: second,
        target: .panels(tenant: target), work: work))
  }

  /// Adds the steps of the dense convolution at `index`; the tiles of a map that several of them read are made once.
  private mutating func append(_ layers: WinogradLayers, at index: Int, _ statistics: GraphStatistics)
    throws(InferenceError)
  {
    let node = graph.nodes[index]
    let source = try store(node.inputs[0], at: node)
    let second: Store? = node.inputs.count > 1 ? try store(node.inputs[1], at: node) : nil
    let key = Tiling(value: node.inputs[0].index, tiles: layers.tiles)
    let values: Store
    if let tenant = tilings[key] {
      values = .panels(tenant: tenant)
    } else {
      values = append(layers.before, of: node, from: source)
      tilings[key] = tenants.count - 1
    }
    let products = append(
      layers.products, of: node, from: values, multiplyAdds: statistics.nodes[index].multiplyAdds)
    tenantOfMap[node.output.index] = tenants.count
    _ = append(layers.after, of: node, from: products, second: second)
  }

  /// Adds a step that is a part of `node`, and returns the block of its own that it writes.
  private mutating func append(
    _ layer: any Layer, of node: Graph.Node, from source: Store, second: Store? = nil, multiplyAdds: Int = 0
  ) -> Store {
    let target = Store.panels(tenant: tenants.count)
    tenants.append(Arena.Tenant(count: layer.output.floats, life: nil))
    let description = StepDescription(layer, nodes: [node.name], output: layer.output, multiplyAdds: multiplyAdds)
    append(
      Draft(
        layer: layer, description: description, source: source, second: second, target: target,
        work: max(multiplyAdds, layer.input.floats)))
    return target
  }

  /// Adds a step, and lets the blocks it touches live.
  private mutating func append(_ draft: Draft) {
    touch(draft.source, at: steps.count)
    if let second = draft.second { touch(second, at: steps.count) }
    touch(draft.target, at: steps.count)
    steps.append(draft)
  }

  /// Lets a block of the arena live at `step`.
  private mutating func touch(_ store: Store, at step: Int) {
    switch store {
    case .picture: break
    case .panels(let tenant): tenants[tenant].live(at: step)
    case .flat(let home): tenants[home.tensor].live(at: step)
    }
  }

  /// Returns where `node` finds the map `value`.
  private func store(_ value: Graph.Value, at node: Graph.Node) throws(InferenceError) -> Store {
    if value == graph.input { return .picture }
    if let tenant = tenantOfMap[value.index] { return .panels(tenant: tenant) }
    throw InferenceError(node: node.name, reason: "computing on a reshaped tensor is not supported")
  }
}
