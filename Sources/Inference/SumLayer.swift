internal import KernelCalls
internal import Kernels

/// Adds two maps, value by value.
struct SumLayer: Layer {
  let input: MapSize
  let clamp: Clamp
  let add: @Sendable (borrowing Sum) -> Void

  var output: MapSize { input }
  var kind: StepDescription.Kind { .sum }
  var cut: Cut { .rows(multiple: max(64 / input.width, 1)) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    guard let second = unsafe second else { preconditionFailure("A sum has two operands.") }
    let row = piece.rows.lowerBound
    unsafe add(
      Sum(
        left: source.from(row: row, width: input.width), right: second.from(row: row, width: input.width),
        output: target.from(row: row, width: input.width), pixels: 0..<piece.rows.count * input.width,
        panels: piece.panels, clamp: clamp))
  }
}
