/// A tensor as the file describes it.
package struct TFLiteTensor {
  /// No extents are a scalar.
  package let extents: [Int]
  package let type: ElementType
  /// The place of its bytes in `TFLiteModel.buffers`.
  let buffer: Int
  /// Where its name lies in the file.
  let name: Range<Int>?
  /// How its whole numbers mean real ones; nil where they do not.
  package let quantization: TFLiteQuantization?

  /// Reads a `Tensor`.
  init(_ table: FlatBuffer.Table, buffers: Int, mostRank: Int) throws(ByteError) {
    extents = try table.integers(0, as: Int32.self, most: mostRank).map { Int($0) }
    type = ElementType(tensorFlowLite: try table.integer(1, as: Int8.self))
    buffer = Int(try table.integer(2, as: UInt32.self))
    guard buffer < max(buffers, 1), buffers > 0 else {
      throw ByteError(offset: table.position, reason: "a tensor has buffer \(buffer), which is not there")
    }
    name = try table.elements(3, size: 1)
    quantization = try table.table(4).flatMap { table throws(ByteError) in try TFLiteQuantization(table) }
  }

  /// Whether its values are whole numbers of 8 bits that mean real ones.
  package var isQuantized: Bool { [.uint8, .int8].contains(type.scalar) && quantization != nil }
}

/// What quantised values mean: scale · (q − zero), with one pair for the tensor or one for each index of an axis.
package struct TFLiteQuantization {
  /// Where the float32 scales lie in the file, and the zeros of 64 bits, which are to be as many.
  let scales: Range<Int>
  let zeros: Range<Int>
  /// The axis along which there are several.
  package let axis: Int

  /// The number of scales.
  package var count: Int { scales.count / 4 }

  /// Reads `QuantizationParameters`; nil where they have no scale, whatever range they give.
  init?(_ table: FlatBuffer.Table) throws(ByteError) {
    guard let scales = try table.elements(2, size: 4), !scales.isEmpty else { return nil }
    (self.scales, zeros) = (scales, try table.elements(3, size: 8) ?? 0..<0)
    axis = Int(try table.integer(6, as: Int32.self))
  }
}
