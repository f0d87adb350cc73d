internal import Model

/// MobileNet V3 (arXiv:1905.02244, tables 1 and 2) as the Object Detection API detects with it: the depths of the last
/// stage are halved.
enum MobileNetV3 {
  /// One inverted residual.
  private struct Block {
    let kernel: Int
    /// Channels inside for one outside.
    let expansion: Double
    let depth: Int
    /// Whether squeeze-and-excite follows the depthwise convolution.
    var isGated = false
    /// Hard-swish, or ReLU.
    var isSwish = false
    var stride = 1
  }

  private static let large = [
    Block(kernel: 3, expansion: 1, depth: 16), Block(kernel: 3, expansion: 4, depth: 24, stride: 2),
    Block(kernel: 3, expansion: 3, depth: 24), Block(kernel: 5, expansion: 3, depth: 40, isGated: true, stride: 2),
    Block(kernel: 5, expansion: 3, depth: 40, isGated: true), Block(kernel: 5, expansion: 3, depth: 40, isGated: true),
    Block(kernel: 3, expansion: 6, depth: 80, isSwish: true, stride: 2),
    Block(kernel: 3, expansion: 2.5, depth: 80, isSwish: true),
    Block(kernel: 3, expansion: 2.3, depth: 80, isSwish: true),
    Block(kernel: 3, expansion: 2.3, depth: 80, isSwish: true),
    Block(kernel: 3, expansion: 6, depth: 112, isGated: true, isSwish: true),
    Block(kernel: 3, expansion: 6, depth: 112, isGated: true, isSwish: true),
    Block(kernel: 5, expansion: 6, depth: 80, isGated: true, isSwish: true, stride: 2),
    Block(kernel: 5, expansion: 6, depth: 80, isGated: true, isSwish: true),
    Block(kernel: 5, expansion: 6, depth: 80, isGated: true, isSwish: true),
  ]

  private static let small = [
    Block(kernel: 3, expansion: 1, depth: 16, isGated: true, stride: 2),
    Block(kernel: 3, expansion: 72.0 / 16, depth: 24, stride: 2), Block(kernel: 3, expansion: 88.0 / 24, depth: 24),
    Block(kernel: 5, expansion: 4, depth: 40, isGated: true, isSwish: true, stride: 2),
    Block(kernel: 5, expansion: 6, depth: 40, isGated: true, isSwish: true),
    Block(kernel: 5, expansion: 6, depth: 40, isGated: true, isSwish: true),
    Block(kernel: 5, expansion: 3, depth: 48, isGated: true, isSwish: true),
    Block(kernel: 5, expansion: 3, depth: 48, isGated: true, isSwish: true),
    Block(kernel: 5, expansion: 6, depth: 48, isGated: true, isSwish: true, stride: 2),
    Block(kernel: 5, expansion: 6, depth: 48, isGated: true, isSwish: true),
    Block(kernel: 5, expansion: 6, depth: 48, isGated: true, isSwish: true),
  ]

  /// Lays the backbone and returns the two maps that predictors read: what the last block with a stride expands to, and
  /// the last convolution.
  ///
  /// - Throws: `ImportError` iff a layer does not fit.
  static func maps(
    _ config: SSDConfig, isLarge: Bool, _ network: inout NetworkBuilder
  ) throws(ImportError) -> [Graph.Value] {
    let scope = "FeatureExtractor/MobilenetV3/"
    let (relu, swish, linear) = (style(.relu, config), style(.hardSwish, config), style(.none, config))
    func scaled(_ depth: Int) -> Int {
      FeatureExtractor.divisible(Double(depth) * config.depthMultiplier, atLeast: max(config.minDepth, 8))
    }
    let blocks = isLarge ? large : small
    let tap = blocks.lastIndex { $0.stride == 2 }
    var value = try network.convolution(
      network.graph.input, scope + "Conv", kernel: 3, stride: 2, to: scaled(16), swish)
    var maps: [Graph.Value] = []
    for (index, block) in blocks.enumerated() {
      let name = scope + (index == 0 ? "expanded_conv" : "expanded_conv_\(index)")
      let (start, inner) = (value, block.isSwish ? swish : relu)
      let width = FeatureExtractor.divisible(Double(network.channels(of: value)) * block.expansion)
      if block.expansion != 1 { value = try network.convolution(value, "\(name)/expand", kernel: 1, to: width, inner) }
      if index == tap { maps.append(value) }
      value = try network.depthwise(value, "\(name)/depthwise", kernel: block.kernel, stride: block.stride, inner)
      if block.isGated {
        let few = FeatureExtractor.divisible(Double(network.channels(of: value)) / 4)
        value = try network.gated(value, "\(name)/squeeze_excite", squeezed: few)
      }
      value = try network.convolution(value, "\(name)/project", kernel: 1, to: scaled(block.depth), linear)
      if block.stride == 1, network.channels(of: start) == network.channels(of: value) {
        value = try network.sum(value, start, "\(name)/add")
      }
    }
    return maps + [try network.convolution(value, scope + "Conv_1", kernel: 1, to: scaled(isLarge ? 480 : 288), swish)]
  }

  /// The network's own activation behind the configuration's batch norm.
  private static func style(_ activation: Activation, _ config: SSDConfig) -> SSDConfig.Style {
    SSDConfig.Style(activation: activation, norm: config.baseStyle.norm)
  }
}
