internal import Model

/// How the weights of an operator stand in the file and how ours read them.
enum WeightOrder {
  /// [outputs, inputs, height, width] → [height, width, inputs, outputs].
  case convolution
  /// [channels, 1, height, width] → [height, width, channels].
  case depthwise
  /// One number a channel.
  case list

  /// Returns `values` of the shape `extents` in our order; nil where they have another shape.
  func arranged(_ values: [Float], _ extents: [Int]) -> Constant? {
    switch self {
    case .list:
      return extents.count == 1 ? Constant(values, shape: Shape(extents)) : nil
    case .depthwise:
      guard extents.count == 4, extents[1] == 1 else { return nil }
      return Self.moved(values, outputs: extents[0], inputs: 1, Shape([extents[2], extents[3], extents[0]]))
    case .convolution:
      guard extents.count == 4 else { return nil }
      let shape = Shape([extents[2], extents[3], extents[1], extents[0]])
      return Self.moved(values, outputs: extents[0], inputs: extents[1], shape)
    }
  }

  /// Returns `values` [outputs, inputs, taps] as [taps, inputs, outputs] under `shape`; nil where there are none.
  private static func moved(_ values: [Float], outputs: Int, inputs: Int, _ shape: Shape) -> Constant? {
    guard shape.count == values.count, !values.isEmpty else { return nil }
    let taps = values.count / (outputs * inputs)
    return Constant(shape: shape) { result in
      var source = 0
      for output in 0..<outputs {
        for input in 0..<inputs {
          for tap in 0..<taps {
            result[(tap * inputs + input) * outputs + output] = values[source]
            source += 1
          }
        }
      }
    }
  }
}
