internal import Model

/// Layers that compute value by value, or among the channels of a pixel.
extension CaffeTranslation {
  /// Three blobs: means and variances, both times a factor that is the third.
  static let batchNorm: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("batch_norm_param", file: translation.net.path)
    message.pass("moving_average_fraction")
    let epsilon = try message.number("eps", 1e-5, in: 0...1)
    guard try message.flag("use_global_stats", true) else {
      throw message.error("use_global_stats", "false, which normalises each picture by itself, is not supported")
    }
    try translation.end(message)
    let input = try translation.map(layer)
    let channels = try translation.channels(layer, input)
    let numbers = try translation.weights.take(layer, [[channels], [channels], [1]], spread: 0.2, around: 1)
    let factor = numbers[2][0] == 0 ? 0 : 1 / Double(numbers[2][0])
    var (scales, offsets) = ([Float](), [Float]())
    for (mean, variance) in zip(numbers[0], numbers[1]) {
      let scale = 1 / (Double(variance) * factor + epsilon).squareRoot()
      scales.append(Float(scale))
      offsets.append(Float(-Double(mean) * factor * scale))
    }
    return [.map(try translation.affine(layer, input, scales, offsets))]
  }

  static let scale: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("scale_param", file: translation.net.path)
    message.pass("filler", "bias_filler")
    guard layer.bottoms.count == 1, try message.integer("axis", 1, in: -8...8) == 1,
      try message.integer("num_axes", 1, in: -8...8) == 1
    else { throw translation.fault(layer, "a scale that is not one number for each channel is not supported") }
    let hasBias = try message.flag("bias_term", false)
    try translation.end(message)
    let input = try translation.map(layer)
    let channels = try translation.channels(layer, input)
    let numbers = try translation.weights.take(
      layer, Array(repeating: [channels], count: hasBias ? 2 : 1), around: 1)
    let offsets = hasBias ? numbers[1] : Array(repeating: 0, count: channels)
    return [.map(try translation.affine(layer, input, numbers[0], offsets))]
  }

  static let bias: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("bias_param", file: translation.net.path)
    message.pass("filler")
    guard layer.bottoms.count == 1, try message.integer("axis", 1, in: -8...8) == 1,
      try message.integer("num_axes", 1, in: -8...8) == 1
    else { throw translation.fault(layer, "a bias that is not one number for each channel is not supported") }
    try translation.end(message)
    let input = try translation.map(layer)
    let channels = try translation.channels(layer, input)
    let numbers = try translation.weights.take(layer, [[channels]])
    return [.map(try translation.append(layer, .shifting(by: Constant(list: numbers[0])), [input]))]
  }

  /// Adds `x · scale + offset`, a pair of numbers for each channel.
  private mutating func affine(
    _ layer: CaffeLayer, _ input: Graph.Value, _ scales: [Float], _ offsets: [Float]
  ) throws(ImportError) -> Graph.Value {
    let operation = Operator.affine(scale: Constant(list: scales), offset: Constant(list: offsets))
    return try append(layer, operation, [input])
  }

  /// The channels of each pixel as a vector of length 1, times a scale for each.
  static let normalize: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("norm_param", file: translation.net.path)
    message.pass("scale_filler")
    guard try !message.flag("across_spatial", true) else {
      throw message.error("across_spatial", "true, which normalises whole maps, is not supported")
    }
    let isShared = try message.flag("channel_shared", true)
    let epsilon = Float(try message.number("eps", 1e-10, in: 0...1))
    try translation.end(message)
    let input = try translation.map(layer)
    let channels = try translation.channels(layer, input)
    let numbers = try translation.weights.take(layer, [[isShared ? 1 : channels]], around: 10)[0]
    let scale = isShared ? Array(repeating: numbers[0], count: channels) : numbers
    let operation = MapOperator.unitLength(scale: Constant(list: scale), epsilon: epsilon)
    return [.map(try translation.append(layer, .map(operation), [input]))]
  }

  static let localResponse: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("lrn_param", file: translation.net.path)
    message.pass("engine")
    guard ["ACROSS_CHANNELS", "0"].contains(try message.text("norm_region") ?? "0") else {
      throw message.error("norm_region", "other than ACROSS_CHANNELS is not supported")
    }
    let response = LocalResponse(
      size: try message.integer("local_size", 5, in: 1...1 << 12),
      alpha: Float(try message.number("alpha", 1, in: 0...1e6)),
      beta: Float(try message.number("beta", 0.75, in: 0...100)),
      bias: Float(try message.number("k", 1, in: 1e-6...1e6)))
    try translation.end(message)
    return [.map(try translation.append(layer, .map(.localResponse(response)), [try translation.map(layer)]))]
  }

  static let relu: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("relu_param", file: translation.net.path)
    message.pass("engine")
    let slope = Float(try message.number("negative_slope", 0, in: -1e6...1e6))
    try translation.end(message)
    let input = try translation.map(layer)
    guard slope != 0 else { return [.map(try translation.append(layer, .activation(.relu), [input]))] }
    let channels = try translation.channels(layer, input)
    let slopes = Constant(repeating: slope, count: channels)
    return [.map(try translation.append(layer, .map(.leaky(slopes: slopes)), [input]))]
  }

  static let relu6: Rule = { (translation, layer) throws(ImportError) in
    [.map(try translation.append(layer, .activation(.relu6), [try translation.map(layer)]))]
  }

  static let slopes: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("prelu_param", file: translation.net.path)
    message.pass("filler")
    let isShared = try message.flag("channel_shared", false)
    try translation.end(message)
    let input = try translation.map(layer)
    let channels = try translation.channels(layer, input)
    let numbers = try translation.weights.take(layer, [[isShared ? 1 : channels]], around: 0.25)[0]
    let slopes = isShared ? Array(repeating: numbers[0], count: channels) : numbers
    let constant = Constant(list: slopes)
    return [.map(try translation.append(layer, .map(.leaky(slopes: constant)), [input]))]
  }

  /// Of numbers that are a head's it is left to the head.
  static let sigmoid: Rule = { (translation, layer) throws(ImportError) in
    guard case .flat(var flat) = try translation.value(layer) else {
      return [.map(try translation.append(layer, .map(.sigmoid), [try translation.map(layer)]))]
    }
    guard flat.scores == .identity else { throw translation.fault(layer, "scores of scores are not supported") }
    flat.scores = .sigmoid
    return [.flat(flat)]
  }

  static let tanh: Rule = { (translation, layer) throws(ImportError) in
    [.map(try translation.append(layer, .map(.tanh), [try translation.map(layer)]))]
  }

  /// Of numbers that are a head's it is left to the head; of a map it goes over the channels.
  static let softmax: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("softmax_param", file: translation.net.path)
    message.pass("engine")
    let axis = try message.integer("axis", 1, in: -8...8)
    try translation.end(message)
    switch try translation.value(layer) {
    case .map(let value) where axis == 1 || axis == -3:
      return [.map(try translation.append(layer, .map(.softmax), [value]))]
    case .flat(var flat) where !flat.isPlanar && flat.scores == .identity:
      guard axis == flat.extents.count - 1 || axis == -1 else {
        throw translation.fault(layer, "along axis \(axis) of \(Shape(flat.extents)) it is not supported")
      }
      (flat.scores, flat.columns) = (.softmax, flat.extents.last)
      return [.flat(flat)]
    default: throw translation.fault(layer, "along axis \(axis) of this blob it is not supported")
    }
  }

  static let eltwise: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("eltwise_param", file: translation.net.path)
    message.pass("stable_prod_grad")
    let operation = try message.text("operation") ?? "SUM"
    let factors = try message.numbers("coeff", in: -1e6...1e6, most: 64).map { Float($0) }
    try translation.end(message)
    guard layer.bottoms.count >= 2, factors.isEmpty || factors.count == layer.bottoms.count else {
      throw translation.fault(layer, "\(layer.bottoms.count) bottoms and \(factors.count) factors do not go together")
    }
    let rule: Operator
    switch operation {
    case "SUM", "1": rule = .add(.none)
    case "PROD", "0": rule = .map(.product)
    case "MAX", "2": rule = .map(.maximum)
    case let other: throw message.error("operation", "\(other.printable(most: 60)) is not supported")
    }
    var result: Graph.Value?
    for index in layer.bottoms.indices {
      var value = try translation.map(layer, index)
      if case .add = rule, !factors.isEmpty, factors[index] != 1 {
        let channels = try translation.channels(layer, value)
        let scale = Constant(repeating: factors[index], count: channels)
        value = try translation.append(layer, .scaling(by: scale), [value], part: "/\(index)")
      }
      if let left = result { value = try translation.append(layer, rule, [left, value]) }
      result = value
    }
    guard let result else { throw translation.fault(layer, "it reads nothing") }
    return [.map(result)]
  }
}
