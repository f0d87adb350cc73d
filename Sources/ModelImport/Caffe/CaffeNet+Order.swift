internal import Model

extension CaffeNet {
  /// Returns the layers that give `bottoms`, which the layer at `end` reads, in their order: those that are there when a
  /// network is run. A blob that a layer overwrites is the new one for all layers behind it.
  ///
  /// - Throws: `ImportError` where a blob is given twice.
  func needed(for end: (index: Int, bottoms: [String])) throws(ImportError) -> [CaffeLayer] {
    var givers: [String: Int] = [:]
    var read = [[Int]](repeating: [], count: layers.count)
    for (index, layer) in layers.enumerated() where layer.isRun && index < end.index {
      read[index] = layer.bottoms.compactMap { givers[$0] }
      for top in layer.tops {
        if givers[top] != nil, !layer.bottoms.contains(top) {
          throw ImportError(
            file: path, place: layer.place, reason: "gives blob \(top.printable(most: 100)), which is there already")
        }
        givers[top] = index
      }
    }
    var isNeeded = [Bool](repeating: false, count: layers.count)
    for bottom in end.bottoms { if let giver = givers[bottom] { isNeeded[giver] = true } }
    for index in layers.indices.reversed() where isNeeded[index] { for other in read[index] { isNeeded[other] = true } }
    return layers.indices.filter { isNeeded[$0] && !CaffeNames.sources.contains(layers[$0].type) }.map { layers[$0] }
  }

  /// What a network that is trained says of the pictures it reads.
  struct TrainingInput {
    let blob: String
    /// nil where it is not said.
    let size: Extent?
    let means: [Float]
    let scale: Float
  }

  /// Returns what the layer says that brings pictures in training; nil where there is none.
  ///
  /// - Throws: `ImportError` where a number is out of range.
  func trainingInput() throws(ImportError) -> TrainingInput? {
    guard let layer = layers.first(where: { $0.type != "Input" && CaffeNames.sources.contains($0.type) }),
      let blob = layer.tops.first
    else { return nil }
    var parameters = try layer.parameters("transform_param", file: path)
    var resize = try parameters.message("resize_param")
    let crop = try parameters.integer("crop_size", 0, in: 0...1 << 14)
    let height = try resize.integer("height", crop, in: 0...1 << 14)
    let width = try resize.integer("width", crop, in: 0...1 << 14)
    let means = try parameters.numbers("mean_value", in: -1e6...1e6, most: 3).map { Float($0) }
    let scale = Float(try parameters.number("scale", 1, in: -1e6...1e6))
    return TrainingInput(
      blob: blob, size: height > 0 && width > 0 ? Extent(height: height, width: width) : nil,
      means: means.count == 1 ? Array(repeating: means[0], count: 3) : means, scale: scale)
  }
}
