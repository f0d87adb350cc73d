package import Model

/// The anchors that torchvision's `DefaultBoxGenerator` lays over feature maps.
package struct DefaultBoxes: Sendable {
  /// Widths and heights of the boxes of a cell, in fractions of the picture, map by map.
  package let sizes: [[SIMD2<Float>]]

  /// Boxes of known sizes, which are cut to the picture's as torchvision does.
  package init(sizes: [[SIMD2<Float>]]) {
    self.sizes = sizes.map { $0.map { $0.clamped(lowerBound: .zero, upperBound: .one) } }
  }

  /// The boxes of SSDLite over so many maps: scales evenly from 0.2 to 0.95, then 1; in each cell a square of the map's
  /// scale, one of the geometric mean with the next map's, and boxes of 2:1, 1:2, 3:1 and 1:3.
  ///
  /// The arithmetic is double, the result is rounded once.
  package static func ssdlite(maps count: Int) -> DefaultBoxes {
    let step = (0.95 - 0.2) / Double(max(count - 1, 1))
    let scales: [Double] = (0..<count).map { 0.2 + step * Double($0) } + [1]
    var sizes: [[SIMD2<Float>]] = []
    for map in 0..<count {
      let (scale, between) = (scales[map], (scales[map] * scales[map + 1]).squareRoot())
      var boxes = [SIMD2(repeating: Float(scale)), SIMD2(repeating: Float(between))]
      for ratio in [2.0, 3.0] {
        let root = ratio.squareRoot()
        let (long, short) = (Float(scale * root), Float(scale / root))
        boxes += [SIMD2(long, short), SIMD2(short, long)]
      }
      sizes.append(boxes)
    }
    return DefaultBoxes(sizes: sizes)
  }

  /// How many boxes there are over `maps`.
  ///
  /// - Precondition: there are as many maps as lists of sizes, and the boxes can be counted.
  package func count(over maps: [Extent]) -> Int {
    zip(maps, sizes).reduce(0) { $0 + $1.0.height * $1.0.width * $1.1.count }
  }

  /// Returns the boxes over `maps`, in the order map, row, column, box; some reach beyond the picture.
  ///
  /// - Precondition: there are as many maps as lists of sizes.
  package func centered(over maps: [Extent]) -> [CenteredBox] {
    precondition(maps.count == sizes.count, "\(maps.count) maps for \(sizes.count) lists of sizes.")
    var boxes: [CenteredBox] = []
    for (map, sizes) in zip(maps, sizes) {
      for row in 0..<map.height {
        let y = (Float(row) + 0.5) / Float(map.height)
        for column in 0..<map.width {
          let x = (Float(column) + 0.5) / Float(map.width)
          for size in sizes { boxes.append(CenteredBox(y: y, x: x, height: size.y, width: size.x)) }
        }
      }
    }
    return boxes
  }
}
