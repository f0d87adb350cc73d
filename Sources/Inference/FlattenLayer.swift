internal import KernelCalls
internal import Kernels

/// Writes a map in panels as pixels without gaps: what a reshape, a concatenation or a reader outside expects.
struct FlattenLayer: Layer {
  let input: MapSize
  let unpanel: @Sendable (borrowing Unpanel) -> Void

  var output: MapSize { input }
  var kind: StepDescription.Kind { .flatten }
  var cut: Cut { .rows(multiple: max(64 / input.width, 1)) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let row = piece.rows.lowerBound
    unsafe unpanel(
      Unpanel(
        input: source.from(row: row, width: input.width), pixels: 0..<piece.rows.count * input.width,
        channels: input.channels, output: target.from(row: row, width: input.width).base))
  }
}
