internal import Model

/// The networks that find features, as TensorFlow's Object Detection API lays them.
enum FeatureExtractor {
  /// Lays backbone and extra layers behind the network's input and returns the maps that the predictors read, from the
  /// largest to the smallest.
  ///
  /// - Throws: `ImportError` iff a layer does not fit.
  static func maps(_ config: SSDConfig, _ network: inout NetworkBuilder) throws(ImportError) -> [Graph.Value] {
    let (maps, last) =
      switch config.extractor {
      case .mobileNetV1: (try mobileNetV1(config, &network), "Conv2d_13_pointwise")
      case .mobileNetV2: (try mobileNetV2(config, &network), "layer_19")
      case .mobileNetV3Large: (try MobileNetV3.maps(config, isLarge: true, &network), "layer_17")
      case .mobileNetV3Small: (try MobileNetV3.maps(config, isLarge: false, &network), "layer_13")
      }
    return try maps + extraLayers(behind: maps[maps.count - 1], last, config, &network)
  }

  /// Returns a depth of the configuration, made smaller by its multiplier.
  private static func scaled(_ depth: Int, _ config: SSDConfig) -> Int {
    max(Int(Double(depth) * config.depthMultiplier), config.minDepth, 1)
  }

  /// MobileNet V1 (arXiv:1704.04861, table 1) up to its last pointwise convolution.
  private static func mobileNetV1(
    _ config: SSDConfig, _ network: inout NetworkBuilder
  ) throws(ImportError) -> [Graph.Value] {
    let scope = "FeatureExtractor/MobilenetV1/Conv2d_"
    let style = config.baseStyle
    let layers = [
      (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
      (1024, 2), (1024, 1),
    ]
    var value = try network.convolution(
      network.graph.input, scope + "0", kernel: 3, stride: 2, to: scaled(32, config), style)
    var maps: [Graph.Value] = []
    for (index, (depth, stride)) in layers.enumerated() {
      let name = "\(scope)\(index + 1)"
      value = try network.depthwise(value, "\(name)_depthwise", kernel: 3, stride: stride, style)
      value = try network.convolution(value, "\(name)_pointwise", kernel: 1, to: scaled(depth, config), style)
      if index + 1 == 11 || index + 1 == 13 { maps.append(value) }
    }
    return maps
  }

  /// Returns `depth` as a multiple of 8 that is less than it by no more than a tenth (slim's `make_divisible`).
  static func divisible(_ depth: Double, atLeast least: Int = 8) -> Int {
    let rounded = max(least, Int(depth + 4) / 8 * 8)
    return Double(rounded) < 0.9 * depth ? rounded + 8 : rounded
  }

  /// MobileNet V2 (arXiv:1801.04381, table 2) up to its last convolution, whose depth is multiplied too.
  private static func mobileNetV2(
    _ config: SSDConfig, _ network: inout NetworkBuilder
  ) throws(ImportError) -> [Graph.Value] {
    let scope = "FeatureExtractor/MobilenetV2/"
    let style = config.baseStyle
    var linear = style
    linear.activation = .none
    func scaled(_ depth: Int) -> Int {
      divisible(Double(depth) * config.depthMultiplier, atLeast: max(config.minDepth, 8))
    }
    // Expansion, depth, stride of each block.
    let stages = [
      (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]
    let blocks = stages.flatMap { (expansion, depth, count, stride) in
      (0..<count).map { (expansion, depth, $0 == 0 ? stride : 1) }
    }
    var value = try network.convolution(
      network.graph.input, scope + "Conv", kernel: 3, stride: 2, to: scaled(32), style)
    var maps: [Graph.Value] = []
    for (index, (expansion, depth, stride)) in blocks.enumerated() {
      let name = scope + (index == 0 ? "expanded_conv" : "expanded_conv_\(index)")
      let start = value
      if expansion > 1 {
        let width = divisible(Double(network.channels(of: value) * expansion))
        value = try network.convolution(value, "\(name)/expand", kernel: 1, to: width, style)
        if index == 13 { maps.append(value) }
      }
      value = try network.depthwise(value, "\(name)/depthwise", kernel: 3, stride: stride, style)
      value = try network.convolution(value, "\(name)/project", kernel: 1, to: scaled(depth), linear)
      if stride == 1, network.channels(of: start) == network.channels(of: value) {
        value = try network.sum(value, start, "\(name)/add")
      }
    }
    return maps + [try network.convolution(value, scope + "Conv_1", kernel: 1, to: scaled(1280), style)]
  }

  /// The extra layers of SSD (arXiv:1512.02325, figure 2): each halves the map before it. SSDLite's are depthwise.
  private static func extraLayers(
    behind map: Graph.Value, _ base: String, _ config: SSDConfig, _ network: inout NetworkBuilder
  ) throws(ImportError) -> [Graph.Value] {
    let style = config.extraStyle
    var value = map
    var maps: [Graph.Value] = []
    for (index, depth) in [512, 256, 256, 128].prefix(config.mapCount - 2).enumerated() {
      let (half, whole) = (scaled(depth / 2, config), scaled(depth, config))
      let scope = "FeatureExtractor/\(base)_"
      value = try network.convolution(value, "\(scope)1_Conv2d_\(index + 2)_1x1_\(half)", kernel: 1, to: half, style)
      let name = "\(scope)2_Conv2d_\(index + 2)_3x3_s2_\(whole)"
      if config.isDepthwise {
        value = try network.depthwise(value, "\(name)_depthwise", kernel: 3, stride: 2, style)
        value = try network.convolution(value, name, kernel: 1, to: whole, style)
      } else {
        value = try network.convolution(value, name, kernel: 3, stride: 2, to: whole, style)
      }
      maps.append(value)
    }
    return maps
  }
}
