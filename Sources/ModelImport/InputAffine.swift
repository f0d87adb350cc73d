internal import Model

extension DetectionModel {
  /// Lets the picture's normalisation compute what scales and shifts each channel of the network's input, where the
  /// network begins so: a batch norm of the picture, or a scale that an exporter left in the graph.
  ///
  /// It cannot be folded into the convolution behind it, whose zeros around the picture come after it.
  mutating func moveInputAffineToPicture() {
    guard input.normalization.order == .afterResize else { return }
    let uses = graph.uses
    // What the normalisation gives so far.
    var moved = [graph.input]
    for node in graph.nodes where node.inputs.first == moved.last {
      guard case .affine(let scale, let offset) = node.operation, scale.count == 3,
        uses[node.inputs[0].index] == 1, !graph.outputs.contains(node.output)
      else { break }
      let channels = zip(input.normalization.ofChannels, zip(scale.values, offset.values)).map { own, affine in
        ChannelNormalization(mean: own.mean, scale: own.scale * affine.0, offset: own.offset * affine.0 + affine.1)
      }
      guard channels.allSatisfy({ $0.scale.isFinite && $0.offset.isFinite }) else { break }
      input.normalization = Normalization(channels: channels)
      moved.append(node.output)
    }
    graph = graph.dropping(moved)
  }
}

extension Graph {
  /// Returns the graph without the nodes that give all but the first of `values`, each of which has the shape of the first
  /// and is read by the node of the next alone; who reads the last one reads the first.
  fileprivate func dropping(_ values: [Value]) -> Graph {
    guard let first = values.first, let last = values.last, first != last else { return self }
    let dropped = Set(values.dropFirst())
    return replacingNodes(
      nodes.filter { !dropped.contains($0.output) }.map { node in
        var node = node
        node.inputs = node.inputs.map { $0 == last ? first : $0 }
        return node
      })
  }
}
