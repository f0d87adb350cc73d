internal import Model
internal import Scene

/// The anchors of `ssd_anchor_generator`, and the arithmetic that lays them, in float32 as TensorFlow's.
struct AnchorConfig {
  var layerCount: Int
  /// One more than there are layers: the last one is for the interpolated box.
  private var scales: [Double]
  private var ratios: [Double]
  private var interpolatedRatio: Double
  private var reducesLowest: Bool
  private var base: (height: Float, width: Float)
  /// Rows and columns from one anchor to the next, and to the first one, by layer, in pixels; empty is by the map's size.
  private var strides: (height: [Double], width: [Double])
  private var offsets: (height: [Double], width: [Double])

  /// Takes `anchor_generator` of an SSD.
  ///
  /// - Throws: `ImportError` iff it is another kind of generator or a value is out of range.
  init(_ ssd: inout ConfigMessage, _ rest: inout [String]) throws(ImportError) {
    var kinds = try ssd.message("anchor_generator")
    guard var message = try kinds.optionalMessage("ssd_anchor_generator") else {
      throw kinds.error(kinds.firstName ?? "ssd_anchor_generator", "is not supported; ssd_anchor_generator is")
    }
    let layers = try message.integer("num_layers", 6, in: 1...16)
    layerCount = layers
    let size = 1e-4...16.0
    let (least, greatest) = (
      try message.number("min_scale", 0.2, in: size), try message.number("max_scale", 0.95, in: size)
    )
    let own = try message.numbers("scales", in: size, most: 16)
    guard own.isEmpty || own.count == layers else {
      throw message.error("scales", "\(own.count) scales do not fit \(layers) maps")
    }
    ratios = try message.numbers("aspect_ratios", in: 1e-3...1e3, most: 32)
    interpolatedRatio = try message.number("interpolated_scale_aspect_ratio", 1, in: 0...1e3)
    reducesLowest = try message.flag("reduce_boxes_in_lowest_layer", true)
    base = (
      Float(try message.number("base_anchor_height", 1, in: size)),
      Float(try message.number("base_anchor_width", 1, in: size))
    )
    func perLayer(_ name: String) throws(ImportError) -> [Double] {
      let values = try message.numbers(name, in: 0...1e5, most: 16)
      guard values.isEmpty || values.count == layers else {
        throw message.error(name, "\(values.count) values do not fit \(layers) maps")
      }
      return values
    }
    strides = (try perLayer("height_stride"), try perLayer("width_stride"))
    offsets = (try perLayer("height_offset"), try perLayer("width_offset"))
    scales = (own.isEmpty ? Self.scales(from: Float(least), to: Float(greatest), count: layers) : own) + [1]
    rest += message.rest + kinds.rest
  }

  /// The generator of the published SSD configurations: six maps, scales from 0.2 to 0.95, and beside the square boxes
  /// those of 1:2 and 1:3.
  static var standard: AnchorConfig { AnchorConfig() }

  private init() {
    (layerCount, ratios, interpolatedRatio, reducesLowest) = (6, [1, 2, 0.5, 3, 0.3333], 1, true)
    (base, strides, offsets) = ((1, 1), ([], []), ([], []))
    scales = Self.scales(from: 0.2, to: 0.95, count: layerCount) + [1]
  }

  /// Returns `count` scales, evenly apart. Fields are float32, the arithmetic on them is double.
  private static func scales(from least: Float, to greatest: Float, count: Int) -> [Double] {
    let (low, high) = (Double(least), Double(greatest))
    return (0..<count).map { low + (high - low) * Double($0) / Double(max(count - 1, 1)) }
  }

  /// Scale and ratio (width over height) of the boxes of a cell of map `layer`.
  private func boxes(_ layer: Int) -> [(scale: Float, ratio: Float)] {
    if layer == 0, reducesLowest { return [(0.1, 1), (Float(scales[0]), 2), (Float(scales[0]), 0.5)] }
    var boxes = ratios.map { (scale: Float(scales[layer]), ratio: Float($0)) }
    if interpolatedRatio > 0 {
      boxes.append((Float((scales[layer] * scales[layer + 1]).squareRoot()), Float(interpolatedRatio)))
    }
    return boxes
  }

  /// How many boxes a cell of map `layer` has.
  func count(_ layer: Int) -> Int { boxes(layer).count }

  /// Returns the anchors of `maps`, in the order map, row, column, box, for an input of so many pixels.
  func anchors(maps: [Extent], height: Int, width: Int) -> [Box] {
    let shorter = Float(min(height, width))
    let base = (height: shorter / Float(height) * base.height, width: shorter / Float(width) * base.width)
    var anchors: [Box] = []
    for (layer, map) in maps.enumerated() {
      let boxes = boxes(layer).map { box in
        let root = box.ratio.squareRoot()
        return (height: box.scale / root * base.height, width: box.scale * root * base.width)
      }
      func axis(_ cells: Int, _ strides: [Double], _ offsets: [Double], _ pixels: Int) -> [Float] {
        let stride = strides.isEmpty ? 1 / Float(cells) : Float(strides[layer]) / Float(pixels)
        let offset = offsets.isEmpty ? 0.5 * stride : Float(offsets[layer]) / Float(pixels)
        return (0..<cells).map { Float($0) * stride + offset }
      }
      let rows = axis(map.height, strides.height, offsets.height, height)
      let columns = axis(map.width, strides.width, offsets.width, width)
      for y in rows {
        for x in columns {
          for box in boxes {
            anchors.append(
              Box(
                yMin: y - 0.5 * box.height, xMin: x - 0.5 * box.width, yMax: y + 0.5 * box.height,
                xMax: x + 0.5 * box.width))
          }
        }
      }
    }
    return anchors
  }
}
