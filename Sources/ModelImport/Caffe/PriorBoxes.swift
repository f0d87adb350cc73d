internal import Model
internal import Scene

/// What PriorBox layers give: boxes in fractions of the picture, and what encodings are multiplied by.
struct PriorBoxes {
  private(set) var boxes: [Box] = []
  /// One for each box: of the left, upper, right and lower number.
  private(set) var variances: [SIMD4<Float>] = []

  /// Puts `others` behind these.
  mutating func append(_ others: PriorBoxes) {
    boxes += others.boxes
    variances += others.variances
  }

  /// The boxes that `layer` lays over a map of `map`, for a picture of `picture` (`prior_box_layer.cpp` of the SSD
  /// branch): sizes are whole numbers, corners are computed in double.
  ///
  /// - Throws: `ImportError` where a parameter cannot be.
  init(_ layer: CaffeLayer, map: Extent, picture: Extent, file: String) throws(ImportError) {
    let rule = try PriorBoxRule(layer, map: map, picture: picture, file: file)
    let shapes = rule.shapes
    guard let count = Shape([map.height, map.width, shapes.count]).count, count <= DetectionHead.mostAnchors else {
      throw ImportError(
        file: file, place: layer.place,
        reason: "\(shapes.count) boxes for each of \(map.height)×\(map.width) cells are too many")
    }
    boxes.reserveCapacity(count)
    for row in 0..<map.height {
      for column in 0..<map.width {
        for shape in shapes { boxes.append(rule.box(shape, row: row, column: column)) }
      }
    }
    variances = Array(repeating: rule.factors, count: count)
  }
}

/// How a PriorBox layer lays its boxes.
private struct PriorBoxRule {
  /// The boxes of each cell, in pixels.
  let shapes: [(width: Float, height: Float)]
  /// Of the left, upper, right and lower number of each box.
  let factors: SIMD4<Float>
  /// The size of the picture that the boxes are parts of, in pixels.
  private let image: Extent
  /// The size of a cell of the map, in pixels.
  private let cell: (height: Float, width: Float)
  /// Where in its cell a box has its centre, in cells.
  private let offset: Float
  private let isClipped: Bool

  /// - Throws: `ImportError` where a parameter cannot be.
  init(_ layer: CaffeLayer, map: Extent, picture: Extent, file: String) throws(ImportError) {
    var message = try layer.parameters("prior_box_param", file: file)
    let sizes = 0.0...1e6
    let least = try message.numbers("min_size", in: sizes, most: 64).map { $0.rounded(.down) }
    let greatest = try message.numbers("max_size", in: sizes, most: 64).map { $0.rounded(.down) }
    let ratios = try message.numbers("aspect_ratio", in: 1e-3...1e3, most: 64).map { Float($0) }
    let isFlipped = try message.flag("flip", true)
    isClipped = try message.flag("clip", false)
    let variances = try message.numbers("variance", in: 1e-9...1e6, most: 4).map { Float($0) }
    let side = try message.integer("img_size", 0, in: 0...1 << 20)
    let height = try message.integer("img_h", side, in: 0...1 << 20)
    let width = try message.integer("img_w", side, in: 0...1 << 20)
    let step = try message.number("step", 0, in: sizes)
    let stepHeight = Float(try message.number("step_h", step, in: sizes))
    let stepWidth = Float(try message.number("step_w", step, in: sizes))
    offset = Float(try message.number("offset", 0.5, in: -1e6...1e6))
    guard message.firstName == nil else { throw message.error(message.firstName ?? "", "is not supported") }
    func fault(_ reason: String) -> ImportError { ImportError(file: file, place: layer.place, reason: reason) }
    guard !least.isEmpty, least.allSatisfy({ $0 > 0 }), greatest.isEmpty || greatest.count == least.count,
      zip(least, greatest).allSatisfy({ $0 < $1 })
    else { throw fault("sizes \(least) to \(greatest) are none that boxes may have") }
    guard [0, 1, 4].contains(variances.count) else { throw fault("\(variances.count) variances instead of 4") }
    factors =
      variances.count == 4
      ? SIMD4(variances[0], variances[1], variances[2], variances[3]) : SIMD4(repeating: variances.first ?? 0.1)
    image = Extent(height: height > 0 ? height : picture.height, width: width > 0 ? width : picture.width)
    cell = (
      height: stepHeight > 0 ? stepHeight : Float(image.height) / Float(map.height),
      width: stepWidth > 0 ? stepWidth : Float(image.width) / Float(map.width)
    )
    shapes = Self.shapes(least, greatest, ratios, isFlipped: isFlipped)
  }

  /// Returns the boxes of a cell: of each size a square, one between it and the greater size, and one of each ratio.
  private static func shapes(
    _ least: [Double], _ greatest: [Double], _ given: [Float], isFlipped: Bool
  ) -> [(width: Float, height: Float)] {
    var ratios: [Float] = [1]
    for ratio in given where !ratios.contains(where: { abs($0 - ratio) < 1e-6 }) {
      ratios.append(ratio)
      if isFlipped { ratios.append(1 / ratio) }
    }
    var shapes: [(width: Float, height: Float)] = []
    for (index, size) in least.enumerated() {
      shapes.append((Float(size), Float(size)))
      if index < greatest.count {
        let between = Float((size * greatest[index]).squareRoot())
        shapes.append((between, between))
      }
      for ratio in ratios where abs(ratio - 1) >= 1e-6 {
        let root = Double(ratio).squareRoot()
        shapes.append((Float(size * root), Float(size / root)))
      }
    }
    return shapes
  }

  /// Returns the box of the shape `shape` in a cell.
  func box(_ shape: (width: Float, height: Float), row: Int, column: Int) -> Box {
    let (y, x) = ((Float(row) + offset) * cell.height, (Float(column) + offset) * cell.width)
    func edge(_ center: Float, _ size: Float, _ sign: Double, _ all: Int) -> Float {
      let edge = Float((Double(center) + sign * Double(size) / 2) / Double(all))
      return isClipped ? min(max(edge, 0), 1) : edge
    }
    return Box(
      yMin: edge(y, shape.height, -1, image.height), xMin: edge(x, shape.width, -1, image.width),
      yMax: edge(y, shape.height, 1, image.height), xMax: edge(x, shape.width, 1, image.width))
  }
}

extension CaffeTranslation {
  /// Boxes over a map, which is the first bottom; the second one is the picture.
  static let priorBox: Rule = { (translation, layer) throws(ImportError) in
    let map = translation.size(of: try translation.map(layer))
    let picture = translation.size(of: try translation.map(layer, 1))
    let boxes = try PriorBoxes(
      layer, map: Extent(height: map.height, width: map.width),
      picture: Extent(height: picture.height, width: picture.width), file: translation.net.path)
    return [try translation.priors(layer, boxes)]
  }

  /// Returns `boxes` as what `layer` gives, and counts them.
  ///
  /// - Throws: `ImportError` where all of the network together are too many.
  mutating func priors(_ layer: CaffeLayer, _ boxes: PriorBoxes) throws(ImportError) -> Value {
    priorCount += boxes.boxes.count
    guard priorCount <= DetectionHead.mostAnchors else {
      throw fault(layer, "more than \(DetectionHead.mostAnchors) prior boxes in all are too many")
    }
    return .priors(boxes)
  }
}
