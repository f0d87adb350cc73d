internal import Glibc
internal import KernelCalls
internal import Kernels
internal import Model

/// A function of one value that no kernel absorbs.
struct FunctionLayer: Layer {
  /// Which one.
  enum Function: Sendable {
    case sigmoid, tanh
    /// A slope for each channel below zero.
    case leaky(PackedWeights)
    case clamp(ClosedRange<Float>)
  }

  let input: MapSize
  let function: Function

  var output: MapSize { input }
  var kind: StepDescription.Kind { .function }
  var cut: Cut { .rows(multiple: max(64 / input.width, 1)) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let row = piece.rows.lowerBound
    let from = unsafe source.from(row: row, width: input.width)
    let result = unsafe target.from(row: row, width: input.width)
    for panel in piece.panels {
      for pixel in 0..<piece.rows.count * input.width {
        var lanes = unsafe from.lanes(pixel: pixel, panel: panel)
        switch function {
        case .sigmoid: for lane in 0..<panelWidth { lanes[lane] = 1 / (1 + exp(-lanes[lane])) }
        case .tanh: for lane in 0..<panelWidth { lanes[lane] = Glibc.tanh(lanes[lane]) }
        case .leaky(let slopes):
          let slopes = unsafe UnsafeRawPointer(slopes.weights + panel * panelWidth)
            .loadUnaligned(as: SIMD16<Float>.self)
          lanes = chosen(lanes * slopes, where: lanes .< 0, else: lanes)
        case .clamp(let range):
          let most = SIMD16<Float>(repeating: range.upperBound)
          lanes = greater(lanes, SIMD16(repeating: range.lowerBound))
          lanes = chosen(most, where: lanes .> most, else: lanes)
        }
        unsafe result.setLanes(lanes, pixel: pixel, panel: panel)
      }
    }
  }
}
