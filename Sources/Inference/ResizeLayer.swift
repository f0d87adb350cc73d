internal import KernelCalls
internal import Kernels
internal import Model

/// Makes a map of another size.
///
/// The maps that feature pyramids enlarge are small: this has no kernel of its own, and each value is what the formula
/// says, products and sums rounded one by one as in TensorFlow Lite's reference.
struct ResizeLayer: Layer {
  let input: MapSize
  let output: MapSize
  private let rows: [Resize.Tap]
  private let columns: [Resize.Tap]

  /// - Parameters:
  ///   - input: the size of the map that is read.
  ///   - output: the size that `resize` gives it.
  init(_ resize: Resize, input: MapSize, output: MapSize) {
    (self.input, self.output) = (input, output)
    rows = resize.taps(of: input.height, to: output.height)
    columns = resize.taps(of: input.width, to: output.width)
  }

  var kind: StepDescription.Kind { .resize }
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    for row in piece.rows {
      let y = rows[row]
      let low = unsafe source.from(row: y.low, width: input.width)
      let high = unsafe source.from(row: y.high, width: input.width)
      let result = unsafe target.from(row: row, width: output.width)
      for panel in piece.panels {
        for column in 0..<output.width {
          let x = columns[column]
          let value = Self.value(at: x.low, panel, low) * (1 - y.share) * (1 - x.share)
          let below = Self.value(at: x.low, panel, high) * y.share * (1 - x.share)
          let beside = Self.value(at: x.high, panel, low) * (1 - y.share) * x.share
          let across = Self.value(at: x.high, panel, high) * y.share * x.share
          let sum = value + below + beside + across
          unsafe UnsafeMutableRawPointer(result.address(pixel: column, channel: panel * panelWidth))
            .storeBytes(of: sum, as: SIMD16<Float>.self)
        }
      }
    }
  }

  /// Returns the sixteen channels of a panel at a pixel of a row.
  private static func value(at pixel: Int, _ panel: Int, _ row: FeatureMap) -> SIMD16<Float> {
    unsafe UnsafeRawPointer(row.address(pixel: pixel, channel: panel * panelWidth)).loadUnaligned(
      as: SIMD16<Float>.self)
  }
}
