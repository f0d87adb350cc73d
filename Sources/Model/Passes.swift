extension Graph {
  /// Returns the same network with fewer, larger nodes: what the engine plans.
  public func optimized() -> Graph {
    droppingDeadNodes().foldingCrops().fusingQuantizations().foldingAffine().fusingActivations().fusingSums()
      .readingSoon()
  }

  /// Returns the graph without the nodes that no output needs.
  package func droppingDeadNodes() -> Graph {
    var isNeeded = [Bool](repeating: false, count: shapes.count)
    for output in outputs { isNeeded[output.index] = true }
    var kept: [Node] = []
    for node in nodes.reversed() where isNeeded[node.output.index] {
      kept.append(node)
      for input in node.inputs { isNeeded[input.index] = true }
    }
    return replacingNodes(kept.reversed())
  }

  /// Returns the graph with each activation, bias or batch norm before a fake quantisation computed by it.
  ///
  /// They come before they could be folded into the convolution: rounding to few values turns a last bit into a whole
  /// step, so a bias is added where the model adds it, after the sum. A network that sums from zero in the order rows,
  /// columns, channels of the window, each product fused with its sum, then gives TensorFlow's result to the bit.
  func fusingQuantizations() -> Graph {
    merging { earlier, later in
      guard case .fakeQuantization(var quantization) = later.operation, quantization.affine == nil,
        quantization.activation == .none, case .activation(let activation) = earlier.operation
      else { return nil }
      quantization.activation = activation
      return .fakeQuantization(quantization)
    }.merging { earlier, later in
      guard case .fakeQuantization(var quantization) = later.operation, quantization.affine == nil,
        case .affine(let scale, let offset) = earlier.operation
      else { return nil }
      quantization.affine = (scale, offset)
      return .fakeQuantization(quantization)
    }
  }

  /// Returns the graph with each per-channel `x · scale + offset` folded into the convolution, or the other one, before it.
  ///
  /// `(w·x + b)·s + o = (w·s)·x + (b·s + o)`: each weight is rounded once to float32, each bias is computed in double
  /// and rounded once.
  package func foldingAffine() -> Graph {
    merging { earlier, later in
      guard case .affine(let scale, let offset) = later.operation else { return nil }
      switch earlier.operation {
      case .convolution(var convolution) where convolution.activation == .none && earlier.inputs.count == 1:
        convolution.bias = folded(convolution.bias, scale, offset)
        convolution.weights = convolution.weights.scaled(by: scale)
        return .convolution(convolution)
      case .depthwise(var convolution) where convolution.activation == .none:
        convolution.bias = folded(convolution.bias, scale, offset)
        convolution.weights = convolution.weights.scaled(by: scale)
        return .depthwise(convolution)
      case .affine(let factor, let shift):
        return .affine(scale: factor.scaled(by: scale), offset: folded(shift, scale, offset))
      default: return nil
      }
    }
  }

  /// Returns the graph with each activation computed by the convolution or the sum before it.
  package func fusingActivations() -> Graph {
    merging { earlier, later in
      guard case .activation(let activation) = later.operation else { return nil }
      switch earlier.operation {
      case .convolution(var convolution) where convolution.activation == .none:
        convolution.activation = activation
        return .convolution(convolution)
      case .depthwise(var convolution) where convolution.activation == .none:
        convolution.activation = activation
        return .depthwise(convolution)
      case .add(.none): return .add(activation)
      default: return nil
      }
    }
  }

  /// Returns the graph with each sum of two maps computed by the convolution that gives one of them.
  func fusingSums() -> Graph {
    merging { earlier, later in
      guard case .add(let activation) = later.operation, case .convolution(var convolution) = earlier.operation,
        convolution.activation == .none, earlier.inputs.count == 1
      else { return nil }
      convolution.activation = activation
      return .convolution(convolution)
    }
  }
}

/// Returns `bias · scale + offset`, computed in double.
private func folded(_ bias: Constant?, _ scale: Constant, _ offset: Constant) -> Constant {
  guard let bias else { return offset }
  let values = zip(bias.values, zip(scale.values, offset.values)).map { (bias, affine) -> Float in
    let (scale, offset) = (Double(affine.0), Double(affine.1))
    return Float(Double(bias) * scale + offset)
  }
  return Constant(values, shape: offset.shape)
}
