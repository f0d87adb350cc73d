internal import KernelCalls

/// Writes a map in panels as rows of pixels without gaps: what a reshape, a concatenation or a reader outside expects.
struct FlattenLayer: Layer {
  let input: MapSize
  var output: MapSize { input }

  var cut: Cut { .rows(multiple: max(64 / input.width, 1)) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let (from, to) = unsafe (
      source.from(row: piece.rows.lowerBound, width: input.width),
      target.from(row: piece.rows.lowerBound, width: input.width)
    )
    for pixel in 0..<piece.rows.count * input.width {
      for first in stride(from: 0, to: input.channels, by: panelWidth) {
        unsafe to.address(pixel: pixel, channel: first).update(
          from: from.address(pixel: pixel, channel: first), count: min(panelWidth, input.channels - first))
      }
    }
  }
}
