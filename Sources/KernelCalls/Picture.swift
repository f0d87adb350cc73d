/// One component of a picture: the sample in column `x` of row `y` is `start[y * rowStride + x * step]`.
package struct Component {
  package var start: UnsafePointer<UInt8>
  /// Bytes from one row to the next; negative where the picture lies bottom up.
  package var rowStride: Int
  /// Bytes from one sample to the next.
  package var step: Int

  package init(_ start: UnsafePointer<UInt8>, rowStride: Int, step: Int) {
    (self.start, self.rowStride, self.step) = (start, rowStride, step)
  }
}

/// How luma and chroma become red, green and blue: the numbers of ITU-R BT.601, BT.709 or BT.2020.
package struct LumaChroma: Sendable, Equatable {
  /// The parts of red and blue in luma (Kr and Kb); green has the rest.
  package var redPart: Double
  package var bluePart: Double
  /// The luma of black.
  package var black: Double
  /// Steps of luma from black to white, and of chroma from end to end.
  package var lumaSpan: Double
  package var chromaSpan: Double

  package init(redPart: Double, bluePart: Double, black: Double, lumaSpan: Double, chromaSpan: Double) {
    (self.redPart, self.bluePart, self.black) = (redPart, bluePart, black)
    (self.lumaSpan, self.chromaSpan) = (lumaSpan, chromaSpan)
  }
}

/// A picture as the kernels see it: three components, which are red, green and blue, or luma and two chromas.
///
/// Chroma has half as many columns, rounded up; its column `c` lies at picture column `2c + 0.5`.
package struct Picture {
  package var width: Int
  package var height: Int
  /// Red, green, blue; or luma, blue chroma (U), red chroma (V).
  package var components: (Component, Component, Component)
  /// Nil where the components are red, green and blue.
  package var coding: LumaChroma?
  /// Whether chroma has half as many rows, rounded up; its row `r` then lies at picture row `2r + 1`.
  package var hasHalvedRows: Bool

  package init(
    width: Int, height: Int, components: (Component, Component, Component), coding: LumaChroma? = nil,
    hasHalvedRows: Bool = false
  ) {
    (self.width, self.height, self.components) = (width, height, components)
    (self.coding, self.hasHalvedRows) = (coding, hasHalvedRows)
  }
}
