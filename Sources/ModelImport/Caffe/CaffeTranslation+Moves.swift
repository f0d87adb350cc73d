internal import Model

/// Layers that move or rename values, or take a part of them.
extension CaffeTranslation {
  static let identity: Rule = { (translation, layer) throws(ImportError) in [try translation.value(layer)] }
  static let silence: Rule = { (_, _) throws(ImportError) in [] }
  static let split: Rule = { (translation, layer) throws(ImportError) in
    Array(repeating: try translation.value(layer), count: max(layer.tops.count, 1))
  }

  /// Channels come last, as they lie.
  static let permute: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("permute_param", file: translation.net.path)
    let order = try message.wholeNumbers("order", in: 0...8, most: 8)
    try translation.end(message)
    guard order == [0, 2, 3, 1] else {
      throw translation.fault(layer, "an order other than 0, 2, 3, 1 is not supported")
    }
    let value = try translation.map(layer)
    return [.flat(Flat(value: value, extents: translation.graph.shape(of: value).extents))]
  }

  /// Returns the numbers that `layer` reads, in the order in which they are seen.
  private func flat(_ layer: CaffeLayer) throws(ImportError) -> Flat {
    switch try value(layer) {
    case .flat(let flat): return flat
    case .map(let value):
      let size = size(of: value)
      return Flat(
        value: value, extents: [1, size.channels, size.height, size.width],
        isPlanar: size.channels > 1 && size.height * size.width > 1)
    case .priors: throw fault(layer, "\(layer.type) of prior boxes is not supported")
    }
  }

  static let flatten: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("flatten_param", file: translation.net.path)
    var flat = try translation.flat(layer)
    let count = flat.extents.count
    let (first, last) = (
      try message.integer("axis", 1, in: -8...8).axis(of: count),
      try message.integer("end_axis", -1, in: -8...8).axis(of: count)
    )
    try translation.end(message)
    guard let first, let last, first <= last, let product = Shape(Array(flat.extents[first...last])).count else {
      throw translation.fault(layer, "these axes of \(Shape(flat.extents)) cannot be flattened")
    }
    flat.extents.replaceSubrange(first...last, with: [product])
    return [.flat(flat)]
  }

  static let reshape: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("reshape_param", file: translation.net.path)
    var shape = try message.message("shape")
    let wanted = try shape.wholeNumbers("dim", in: -1...1 << 30, most: 8)
    guard try message.integer("axis", 0, in: -8...8) == 0, try message.integer("num_axes", -1, in: -8...8) == -1 else {
      throw translation.fault(layer, "of a part of the axes it is not supported")
    }
    try translation.end(message)
    var flat = try translation.flat(layer)
    func misfit() -> ImportError {
      translation.fault(layer, "\(Shape(flat.extents)) is not \(wanted.map(String.init).joined(separator: "×"))")
    }
    var extents: [Int] = []
    for (index, extent) in wanted.enumerated() {
      guard extent != 0 || index < flat.extents.count else { throw misfit() }
      extents.append(extent == 0 ? flat.extents[index] : extent)
    }
    guard let count = Shape(flat.extents).count, let resolved = extents.resolved(count: count) else { throw misfit() }
    flat.extents = resolved
    return [.flat(flat)]
  }

  static let concat: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("concat_param", file: translation.net.path)
    let old = try message.integer("concat_dim", 1, in: 0...8)
    let wanted = try message.integer("axis", old, in: -8...8)
    try translation.end(message)
    switch try translation.value(layer) {
    case .map(let first):
      guard wanted.axis(of: 4) == 1 else {
        throw translation.fault(layer, "maps along axis \(wanted) are not supported")
      }
      var result = first
      for index in layer.bottoms.indices.dropFirst() {
        result = try translation.append(layer, .map(.join), [result, try translation.map(layer, index)])
      }
      return [.map(result)]
    case .priors(var all):
      for index in layer.bottoms.indices.dropFirst() {
        guard case .priors(let more) = try translation.value(layer, index) else {
          throw translation.fault(layer, "prior boxes and other blobs do not go together")
        }
        guard all.boxes.count + more.boxes.count <= DetectionHead.mostAnchors else {
          throw translation.fault(layer, "these are too many prior boxes")
        }
        all.append(more)
      }
      guard wanted.axis(of: 3) == 2 else {
        throw translation.fault(layer, "prior boxes along axis \(wanted) are not supported")
      }
      return [try translation.priors(layer, all)]
    case .flat(let first): return [.flat(try translation.concatenated(layer, first, along: wanted))]
    }
  }

  /// Returns numbers one behind the other.
  private mutating func concatenated(_ layer: CaffeLayer, _ first: Flat, along wanted: Int) throws(ImportError) -> Flat
  {
    guard let axis = wanted.axis(of: first.extents.count), first.extents[..<axis].allSatisfy({ $0 == 1 }) else {
      throw fault(layer, "along axis \(wanted) of \(Shape(first.extents)) it is not supported")
    }
    var (parts, total) = ([Graph.Value](), 0)
    for index in layer.bottoms.indices {
      guard case .flat(let part) = try value(layer, index), !part.isPlanar, part.scores == first.scores,
        part.columns == first.columns, part.extents.count == first.extents.count,
        part.extents[(axis + 1)...] == first.extents[(axis + 1)...], let count = Shape(part.extents).count,
        part.extents[..<axis].allSatisfy({ $0 == 1 })
      else { throw fault(layer, "bottom \(index) does not go behind the first one in the order in which it lies") }
      parts.append(try append(layer, .reshape(Shape([1, count])), [part.value], part: "/\(index)"))
      total += part.extents[axis]
    }
    var result = first
    result.value = try append(layer, .concatenation(axis: 1), parts)
    result.extents[axis] = total
    return result
  }

  static let slice: Rule = { (translation, layer) throws(ImportError) in
    var message = try layer.parameters("slice_param", file: translation.net.path)
    let old = try message.integer("slice_dim", 1, in: 0...8)
    let wanted = try message.integer("axis", old, in: -8...8)
    let points = try message.wholeNumbers("slice_point", in: 1...1 << 30, most: 1 << 10)
    try translation.end(message)
    let input = try translation.map(layer)
    let size = translation.size(of: input)
    guard let axis = wanted.axis(of: 4), axis > 0 else {
      throw translation.fault(layer, "along axis \(wanted) it is not supported")
    }
    let extent = [1, size.channels, size.height, size.width][axis]
    let tops = layer.tops.count
    var cuts = points
    if points.isEmpty, tops > 0, extent % tops == 0 { cuts = (1..<tops).map { $0 * (extent / tops) } }
    guard cuts.count == tops - 1, zip([0] + cuts, cuts + [extent]).allSatisfy({ $0 < $1 }) else {
      throw translation.fault(layer, "it does not cut \(extent) values into \(tops) parts")
    }
    var results: [Value] = []
    for (index, (from, to)) in zip([0] + cuts, cuts + [extent]).enumerated() {
      var crop = Crop(size: Extent(height: size.height, width: size.width), channels: size.channels)
      switch axis {
      case 1: (crop.channel, crop.channels) = (from, to - from)
      case 2: (crop.top, crop.size.height) = (from, to - from)
      default: (crop.left, crop.size.width) = (from, to - from)
      }
      results.append(.map(try translation.append(layer, .map(.crop(crop)), [input], part: "/\(index)")))
    }
    return results
  }
}
