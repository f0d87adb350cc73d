internal import Model

extension DetectionModel {
  /// Lets the picture's normalisation compute what scales and shifts each channel of the network's input, where the
  /// network begins so: a batch norm of the picture, or a scale that an exporter left in the graph.
  ///
  /// It cannot be folded into the convolution behind it, whose zeros around the picture come after it.
  mutating func moveInputAffineToPicture() {
    while let index = graph.nodes.firstIndex(where: { $0.inputs.first == graph.input }),
      case .affine(let scale, let offset) = graph.nodes[index].operation, scale.count == 3,
      graph.uses[graph.input.index] == 1, input.normalization.order == .afterResize,
      !graph.outputs.contains(graph.nodes[index].output)
    {
      let (scales, offsets) = (scale.values, offset.values)
      input.normalization = Normalization(
        channels: zip(input.normalization.ofChannels, zip(scales, offsets)).map { own, affine in
          ChannelNormalization(
            mean: own.mean, scale: own.scale * affine.0, offset: own.offset * affine.0 + affine.1)
        })
      graph = graph.droppingFirst(at: index)
    }
  }
}

extension Graph {
  /// Returns the graph without the node at `index`, which reads the input and gives what has its shape; its readers read
  /// the input.
  fileprivate func droppingFirst(at index: Int) -> Graph {
    var nodes = nodes
    let dropped = nodes.remove(at: index).output
    for place in nodes.indices {
      for operand in nodes[place].inputs.indices where nodes[place].inputs[operand] == dropped {
        nodes[place].inputs[operand] = input
      }
    }
    return replacingNodes(nodes)
  }
}
