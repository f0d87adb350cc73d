internal import CLanes

/// A vector a row of which at least the upper half is padding. A step takes two input channels at once: each pair of lanes
/// holds two parts of one output's sum, that over the first and that over the second of each two, so that half as many
/// products are needed. `store` joins them. What pads is not read, and is stored as the activation of zero.
struct PairedColumn: Columns {
  var sums: Lanes

  @inline(__always) static var count: Int { 1 }
  @inline(__always) static var inputs: Int { 2 }
  @inline(__always) static func weights(at source: UnsafePointer<Float>) -> Lanes { load(source) }
  @inline(__always) init(loading source: UnsafePointer<Float>, stride: Int) { sums = parted16(load(source)) }
  @inline(__always) mutating func add(_ input: UnsafePointer<Float>, times weights: Lanes) {
    addProduct(&sums, pair16(input), weights)
  }
  @inline(__always) mutating func add(_ other: Self) { sums += other.sums }
  @inline(__always) func store(to target: UnsafeMutablePointer<Float>, stride: Int, _ limits: Limits) {
    target.store(activated(joined16(sums), limits))
  }
}

/// Two vectors a row, of which the second takes pairs of inputs.
struct PairedSecondColumn: Columns {
  var first: OneColumn
  var second: PairedColumn

  /// Of a step: those of the first vector for both input channels, those of the second for both at once.
  struct Weights {
    let first: (OneColumn, OneColumn)
    let second: Lanes
  }

  @inline(__always) static var count: Int { 2 }
  @inline(__always) static var inputs: Int { 2 }
  /// Beside the sums are the weights of two inputs; with 13 pixels, sums go through memory.
  @inline(__always) static var tallestTile: Int { 12 }
  @inline(__always) static func weights(at source: UnsafePointer<Float>) -> Weights {
    Weights(
      first: (OneColumn.weights(at: source), OneColumn.weights(at: source + rowFloats)),
      second: PairedColumn.weights(at: source + Lanes.scalarCount))
  }
  @inline(__always) init(loading source: UnsafePointer<Float>, stride: Int) {
    first = OneColumn(loading: source, stride: stride)
    second = PairedColumn(loading: source + stride, stride: stride)
  }
  @inline(__always) mutating func add(_ input: UnsafePointer<Float>, times weights: Weights) {
    first.add(input, times: weights.first.0)
    first.add(input + 1, times: weights.first.1)
    second.add(input, times: weights.second)
  }
  @inline(__always) mutating func add(_ other: Self) {
    first.add(other.first)
    second.add(other.second)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Float>, stride: Int, _ limits: Limits) {
    first.store(to: target, stride: stride, limits)
    second.store(to: target + stride, stride: stride, limits)
  }
}
