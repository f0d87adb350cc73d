import Model

/// Returns the outputs of `graph` for `picture` (NHWC without gaps), by loops that look like the formulas, in double.
func plainOutputs(of graph: Graph, picture: [Float]) -> [[Double]] {
  var values: [Graph.Value: [Double]] = [graph.input: picture.map(Double.init)]
  for node in graph.nodes {
    let inputs = node.inputs.map { values[$0]! }
    let shapes = node.inputs.map(graph.shape)
    values[node.output] = plainResult(of: node.operation, inputs, shapes, graph.shape(of: node.output))
  }
  return graph.outputs.map { values[$0]! }
}

private func plainResult(of operation: Operator, _ inputs: [[Double]], _ shapes: [Shape], _ output: Shape) -> [Double] {
  switch operation {
  case .convolution(let convolution):
    let weights = convolution.weights.values
    let outputs = output.extents[3]
    return plainConvolution(
      inputs, shapes[0], output, convolution.weights.shape, convolution.window, convolution.bias, convolution.activation
    ) { tap, channel in
      (0..<shapes[0].extents[3]).map { ($0, Double(weights[(tap * shapes[0].extents[3] + $0) * outputs + channel])) }
    }
  case .depthwise(let convolution):
    let weights = convolution.weights.values
    return plainConvolution(
      inputs, shapes[0], output, convolution.weights.shape, convolution.window, convolution.bias, convolution.activation
    ) { tap, channel in [(channel, Double(weights[tap * output.extents[3] + channel]))] }
  case .affine(let scale, let offset):
    let (scale, offset) = (scale.values, offset.values)
    return inputs[0].enumerated().map { $1 * Double(scale[$0 % scale.count]) + Double(offset[$0 % scale.count]) }
  case .activation(let activation): return inputs[0].map { activated($0, activation) }
  case .fakeQuantization(let quantization):
    return inputs[0].enumerated().map { index, value in
      let affine = quantization.affine.map {
        (Double($0.scale.values[index % $0.scale.count]), Double($0.offset.values[index % $0.offset.count]))
      }
      let sum = affine.map { value * $0 + $1 } ?? value
      return Double(quantization.grid(Float(activated(sum, quantization.activation))))
    }
  case .add(let activation): return zip(inputs[0], inputs[1]).map { activated($0 + $1, activation) }
  case .map(let operation): return plainResult(of: operation, inputs, shapes, output)
  case .mean:
    let channels = output.extents[3]
    let pixels = inputs[0].count / channels
    return (0..<channels).map { channel in
      (0..<pixels).reduce(0) { $0 + inputs[0][$1 * channels + channel] } / Double(pixels)
    }
  case .gate(let factor):
    return inputs[0].enumerated().map { $1 * inputs[1][$0 % inputs[1].count] * Double(factor) }
  case .resize(let resize):
    let (input, channels) = (shapes[0].extents, output.extents[3])
    let rows = resize.taps(of: input[1], to: output.extents[1])
    let columns = resize.taps(of: input[2], to: output.extents[2])
    return rows.flatMap { y in
      columns.flatMap { x in
        (0..<channels).map { channel in
          func value(_ row: Int, _ column: Int) -> Double { inputs[0][(row * input[2] + column) * channels + channel] }
          let (down, right) = (Double(y.share), Double(x.share))
          let above = value(y.low, x.low) * (1 - right) + value(y.low, x.high) * right
          let below = value(y.high, x.low) * (1 - right) + value(y.high, x.high) * right
          return above * (1 - down) + below * down
        }
      }
    }
  case .reshape: return inputs[0]
  // Whole numbers are held against TensorFlow Lite's own, to the bit: LiteIntegerTests.
  case .integer: preconditionFailure("A plain run is of real numbers.")
  case .concatenation(let axis):
    let outer = output.extents[..<axis].reduce(1, *)
    return (0..<outer).flatMap { part in
      inputs.flatMap { (input: [Double]) -> ArraySlice<Double> in
        let count = input.count / outer
        return input[part * count..<(part + 1) * count]
      }
    }
  }
}

/// Sums over the window; `taps` gives, for a tap and an output channel, the input channels with their weights.
private func plainConvolution(
  _ inputs: [[Double]], _ shape: Shape, _ output: Shape, _ kernel: Shape, _ window: Window, _ bias: Constant?,
  _ activation: Activation, _ taps: (_ tap: Int, _ channel: Int) -> [(channel: Int, weight: Double)]
) -> [Double] {
  guard case .explicit(let top, let left, _, _) = window.padding else { return [] }
  let (height, width, depth) = (shape.extents[1], shape.extents[2], shape.extents[3])
  let (rows, columns, channels) = (output.extents[1], output.extents[2], output.extents[3])
  let bias = bias?.values ?? Array(repeating: 0, count: channels)
  var result = [Double](repeating: 0, count: rows * columns * channels)
  for channel in 0..<channels {
    for tap in 0..<kernel.extents[0] * kernel.extents[1] {
      let weights = taps(tap, channel)
      for row in 0..<rows {
        let y = row * window.stride.height - top + tap / kernel.extents[1] * window.dilation.height
        guard (0..<height).contains(y) else { continue }
        for column in 0..<columns {
          let x = column * window.stride.width - left + tap % kernel.extents[1] * window.dilation.width
          guard (0..<width).contains(x) else { continue }
          for (input, weight) in weights {
            result[(row * columns + column) * channels + channel] += inputs[0][(y * width + x) * depth + input] * weight
          }
        }
      }
    }
  }
  for index in result.indices {
    let sum = result[index] + Double(bias[index % channels]) + (inputs.count > 1 ? inputs[1][index] : 0)
    result[index] = activated(sum, activation)
  }
  return result
}

private func activated(_ value: Double, _ activation: Activation) -> Double {
  switch activation {
  case .none: value
  case .relu: max(value, 0)
  case .relu6: min(max(value, 0), 6)
  case .hardSwish: value * min(max(value + 3, 0), 6) / 6
  }
}
