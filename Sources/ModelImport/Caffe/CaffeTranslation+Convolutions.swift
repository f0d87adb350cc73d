internal import Model

/// Layers that look at windows of a map.
extension CaffeTranslation {
  /// The largest kernel, stride, padding or dilation that is read.
  private static let most = 1 << 14
  /// The most weights of a convolution whose groups are written out.
  private static let mostWeights = 1 << 25

  /// Returns what a window parameter says for rows and columns: one value for both, one each, or each by its own name.
  private static func pair(
    _ message: inout ConfigMessage, _ name: String, _ rows: String, _ columns: String, _ standard: Int?, least: Int
  ) throws(ImportError) -> Extent {
    let values = try message.wholeNumbers(name, in: least...most, most: 2)
    let own = (
      try message.integer(rows, -1, in: -1...most), try message.integer(columns, -1, in: -1...most)
    )
    let (height, width) = (
      own.0 >= 0 ? own.0 : values.first ?? standard, own.1 >= 0 ? own.1 : values.last ?? standard
    )
    guard let height, let width, height >= least, width >= least else {
      throw message.error(name, "is missing or out of range")
    }
    return Extent(height: height, width: width)
  }

  static let convolution: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("convolution_param", file: translation.net.path)
    message.pass("weight_filler", "bias_filler", "engine", "force_nd_im2col")
    let input = try translation.map(layer)
    let channels = translation.size(of: input).channels
    let outputs = try message.integer("num_output", 0, in: 1...1 << 20)
    let hasBias = try message.flag("bias_term", true)
    let kernel = try pair(&message, "kernel_size", "kernel_h", "kernel_w", nil, least: 1)
    let stride = try pair(&message, "stride", "stride_h", "stride_w", 1, least: 1)
    var pad = try pair(&message, "pad", "pad_h", "pad_w", 0, least: 0)
    let dilation = try pair(&message, "dilation", "dilation", "dilation", 1, least: 1)
    let group = try message.integer("group", 1, in: 1...1 << 20)
    guard try message.integer("axis", 1, in: -4...4) == 1 else {
      throw message.error("axis", "other than 1 is not supported")
    }
    try translation.end(message)
    if let more = translation.padded[layer.bottoms[0]] { pad = more }
    guard channels % group == 0, outputs % group == 0 else {
      throw translation.fault(layer, "\(channels) channels and \(outputs) outputs do not go into \(group) groups")
    }
    let shape = [outputs, channels / group, kernel.height, kernel.width]
    let isDepthwise = group == channels && outputs == channels && group > 1
    guard let count = Shape([kernel.height, kernel.width, isDepthwise ? 1 : channels, outputs]).count,
      count <= mostWeights
    else { throw translation.fault(layer, "weights \(Shape(shape)) in \(group) groups are too large") }
    try translation.allow(layer, count)
    let spread = (6 / Float(max(shape[1] * kernel.height * kernel.width, 1))).squareRoot()
    let numbers = try translation.weights.take(layer, [shape] + (hasBias ? [[outputs]] : []), spread: spread)
    let bias = hasBias ? Constant(list: numbers[1]) : nil
    let window = Window(
      stride: stride, dilation: dilation,
      padding: .explicit(top: pad.height, left: pad.width, bottom: pad.height, right: pad.width))
    if isDepthwise {
      let weights = transposed(numbers[0], outputs: outputs, taps: kernel.height * kernel.width)
      let constant = Constant(weights, shape: Shape([kernel.height, kernel.width, channels]))
      let operation = DepthwiseConvolution(weights: constant, bias: bias, window: window)
      return [.map(try translation.append(layer, .depthwise(operation), [input]))]
    }
    let weights = dense(numbers[0], shape, channels: channels, group: group)
    let operation = Convolution(weights: weights, bias: bias, window: window)
    return [.map(try translation.append(layer, .convolution(operation), [input]))]
  }

  /// Returns depthwise weights [channels][taps] as [taps][channels].
  private static func transposed(_ weights: [Float], outputs: Int, taps: Int) -> [Float] {
    var result = [Float](repeating: 0, count: weights.count)
    for output in 0..<outputs {
      for tap in 0..<taps { result[tap * outputs + output] = weights[output * taps + tap] }
    }
    return result
  }

  /// Returns weights [outputs][inputs of a group][height][width] as [height][width][inputs][outputs], with zeros where an
  /// output does not read an input of another group.
  private static func dense(_ weights: [Float], _ shape: [Int], channels: Int, group: Int) -> Constant {
    let (outputs, depth, taps) = (shape[0], shape[1], shape[2] * shape[3])
    return Constant(shape: Shape([shape[2], shape[3], channels, outputs])) { result in
      for output in 0..<outputs {
        let first = output / (outputs / group) * depth
        for input in 0..<depth {
          for tap in 0..<taps {
            result[(tap * channels + first + input) * outputs + output] = weights[(output * depth + input) * taps + tap]
          }
        }
      }
    }
  }

  /// A product with all numbers of a map is a convolution whose window is the map.
  static let innerProduct: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("inner_product_param", file: translation.net.path)
    message.pass("weight_filler", "bias_filler")
    let outputs = try message.integer("num_output", 0, in: 1...1 << 20)
    let hasBias = try message.flag("bias_term", true)
    let axis = try message.integer("axis", 1, in: -4...4)
    let isTransposed = try message.flag("transpose", false)
    try translation.end(message)
    guard axis == 1 else { throw translation.fault(layer, "an axis other than 1 is not supported") }
    let input: Graph.Value
    switch try translation.value(layer) {
    case .map(let value): input = value
    case .flat(let flat) where flat.isPlanar && flat.scores == .identity: input = flat.value
    default: throw translation.fault(layer, "\(layer.type) of what is no map is not supported")
    }
    let size = translation.size(of: input)
    guard let depth = Shape([size.height, size.width, size.channels]).count,
      let count = Shape([depth, outputs]).count, count <= mostWeights
    else { throw translation.fault(layer, "its weights are too large") }
    try translation.allow(layer, count)
    let shape = isTransposed ? [depth, outputs] : [outputs, depth]
    let numbers = try translation.weights.take(layer, [shape] + (hasBias ? [[outputs]] : []))
    let weights =
      isTransposed
      ? (0..<count).map { numbers[0][$0 % depth * outputs + $0 / depth] } : numbers[0]
    let operation = Convolution(
      weights: dense(weights, [outputs, size.channels, size.height, size.width], channels: size.channels, group: 1),
      bias: hasBias ? Constant(list: numbers[1]) : nil,
      window: .everywhere)
    return [.map(try translation.append(layer, .convolution(operation), [input]))]
  }

  /// Version zero's layer of zeros, which belong to the convolution behind it.
  static let padding: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("convolution_param", file: translation.net.path)
    let pad = try message.integer("pad", 0, in: 0...most)
    try translation.end(message)
    for top in layer.tops { translation.padded[top] = Extent(height: pad, width: pad) }
    return [.map(try translation.map(layer))]
  }

  /// Sizes are rounded up: a last window may reach over the padding, but must begin within it.
  static let pooling: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("pooling_param", file: translation.net.path)
    message.pass("engine")
    let input = try translation.map(layer)
    let size = translation.size(of: input)
    let method: Pool.Method
    switch try message.text("pool") ?? "MAX" {
    case "MAX", "0": method = .maximum
    case "AVE", "1": method = .mean
    case let other: throw message.error("pool", "\(other.printable(most: 60)) is not supported")
    }
    guard ["CEIL", "0"].contains(try message.text("round_mode") ?? "CEIL") else {
      throw message.error("round_mode", "other than CEIL is not supported")
    }
    if try message.flag("global_pooling", false) {
      message.pass("kernel_size", "kernel_h", "kernel_w", "stride", "stride_h", "stride_w", "pad", "pad_h", "pad_w")
      try translation.end(message)
      if method == .mean { return [.map(try translation.append(layer, .mean, [input]))] }
      let pool = Pool(method, kernel: Extent(height: size.height, width: size.width), window: .everywhere)
      return [.map(try translation.append(layer, .map(.pool(pool)), [input]))]
    }
    let kernel = try pair(&message, "kernel_size", "kernel_h", "kernel_w", nil, least: 1)
    let stride = try pair(&message, "stride", "stride_h", "stride_w", 1, least: 1)
    let pad = try pair(&message, "pad", "pad_h", "pad_w", 0, least: 0)
    try translation.end(message)
    let rows = overhang(size.height, kernel.height, stride.height, pad.height)
    let columns = overhang(size.width, kernel.width, stride.width, pad.width)
    guard let rows, let columns else { throw translation.fault(layer, "the window is larger than the map") }
    let pool = Pool(
      method, kernel: kernel,
      window: Window(
        stride: stride,
        padding: .explicit(
          top: pad.height, left: pad.width, bottom: max(pad.height + rows, 0), right: max(pad.width + columns, 0))),
      overhang: Extent(height: max(rows, 0), width: max(columns, 0)), countsPadding: true)
    return [.map(try translation.append(layer, .map(.pool(pool)), [input]))]
  }

  /// Returns how far the last window reaches over the padding of an axis, negative where it ends before; nil where none
  /// fits.
  private static func overhang(_ size: Int, _ kernel: Int, _ stride: Int, _ pad: Int) -> Int? {
    let padded = size + 2 * pad
    guard padded >= kernel else { return nil }
    var count = (padded - kernel + stride - 1) / stride + 1
    if pad > 0, (count - 1) * stride >= size + pad { count -= 1 }
    return (count - 1) * stride + kernel - padded
  }
}
