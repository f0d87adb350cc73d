internal import Model

/// The operators by which graphs of quantisation-aware training round activations and weights to a grid.
///
/// TensorFlow carries them out at inference too, so we do: on weights at import, on activations as an operator of the
/// network. Left out, boxes and scores move by several steps of the grids.
enum FakeQuantReading {
  /// The operators' names.
  static let operations: Set<String> = ["FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxArgs"]

  /// Returns the grid to which `node` rounds; `bound` gives the value of its input 1, the least, or 2, the greatest.
  ///
  /// - Throws: `ImportError` from `bound`, or where the range is not one that holds 0.
  static func grid<Failure: Error>(
    of node: NodeDef, bound: (_ input: Int) throws(Failure) -> Float?
  ) throws(Failure) -> QuantizationGrid? {
    var (bits, isNarrow) = (8, false)
    if case .integer(let written) = node["num_bits"] { bits = written }
    if case .bool(let written) = node["narrow_range"] { isNarrow = written }
    var (least, greatest): (Float?, Float?) = (-6, 6)
    if node.operation == "FakeQuantWithMinMaxVars" {
      (least, greatest) = (try bound(1), try bound(2))
    } else {
      if case .float(let written) = node["min"] { least = written }
      if case .float(let written) = node["max"] { greatest = written }
    }
    guard let least, let greatest else { return nil }
    return QuantizationGrid((least, greatest), bits: bits, isNarrow: isNarrow)
  }

  /// What is said where there is no grid.
  static let reason = "its range or its number of bits is not supported: one that holds 0, and 2 to 16 bits are"
}
