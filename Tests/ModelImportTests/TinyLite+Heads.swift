extension TinyLite {
  /// A quantised detector that ends in scores and box encodings, without anchors: six maps of a picture of 32×32, each with
  /// the standard number of boxes a cell, and three classes. Each predictor reads the picture.
  static func heads(scoredBeforeJoining: Bool) -> WrittenLite {
    var lite = WrittenLite()
    func tensor(_ name: String, _ extents: [Int]) -> Int {
      lite.tensor(name, extents, .uint8, scales: [0.00390625], zeros: [0])
    }
    lite.inputs = [tensor("picture", [1, 32, 32, 3])]
    func scored(_ input: Int, _ name: String, rows: Int) -> Int {
      let output = tensor("\(name)/scores", [1, rows, 4])
      lite.add(14, [input], [output])
      return output
    }
    /// Adds a predictor over so many cells a side, and returns its numbers, four a row.
    func predictor(_ name: String, side: Int, boxes: Int, isScored: Bool) -> Int {
      let weights = lite.tensor(
        "\(name)/w", [4 * boxes, 1, 1, 3], .uint8, content: Array(repeating: 130, count: 12 * boxes), scales: [0.5],
        zeros: [128])
      let map = tensor("\(name)/Conv2D", [1, side, side, 4 * boxes])
      let stride = WrittenTable([0: .byte(0), 1: .word(32 / side), 2: .word(32 / side)])
      lite.add(3, [lite.inputs[0], weights, -1], [map], stride)
      let rows = side * side * boxes
      let flat = tensor("\(name)/Reshape", [1, rows, 4])
      lite.add(22, [map, lite.integers("\(name)/shape", [1, -1, 4])], [flat])
      return isScored ? scored(flat, name, rows: rows) : flat
    }
    func joined(_ name: String, isScored: Bool) -> Int {
      let parts = [16, 8, 4, 2, 1, 1].enumerated().map { index, side in
        predictor("\(name)\(index)", side: side, boxes: index == 0 ? 3 : 6, isScored: isScored)
      }
      let output = tensor(name, [1, 1284, 4])
      lite.add(2, parts, [output], WrittenTable([0: .word(1)]))
      return output
    }
    let classes = joined("classes", isScored: scoredBeforeJoining)
    lite.outputs = [
      scoredBeforeJoining ? classes : scored(classes, "classes", rows: 1284), joined("boxes", isScored: false),
    ]
    return lite
  }
}
