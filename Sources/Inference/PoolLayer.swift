internal import KernelCalls
internal import Kernels
internal import Model

/// The greatest value or the mean of each channel in windows over a map, sixteen channels at a time.
struct PoolLayer: Layer {
  let input: MapSize
  let output: MapSize
  private let pool: Pool
  /// The padding above, left, below and right; the last two without what never counts.
  private let padding: (top: Int, left: Int, bottom: Int, right: Int)
  private let maximum: @Sendable (borrowing Maximum) -> Void

  /// - Parameters:
  ///   - input: the size of the map that is read.
  ///   - output: the size that `pool` gives it.
  ///   - kernels: what computes the greatest values.
  init(_ pool: Pool, input: MapSize, output: MapSize, kernels: KernelSet) {
    (self.pool, self.input, self.output) = (pool, input, output)
    guard case .explicit(let top, let left, let bottom, let right) = pool.window.padding else {
      preconditionFailure("The padding is not resolved.")
    }
    padding = (top, left, bottom - pool.overhang.height, right - pool.overhang.width)
    maximum = kernels.map.maximum
  }

  var kind: StepDescription.Kind { .pool }
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    for row in piece.rows {
      let result = unsafe target.from(row: row, width: output.width)
      let rows = Taps(
        row * pool.window.stride.height - padding.top, pool.kernel.height, input.height, padding.bottom)
      let first = unsafe source.from(row: rows.inside.lowerBound, width: input.width)
      if pool.method == .maximum {
        maximum(
          Maximum(
            input: first, inputWidth: input.width, inputRows: rows.inside.count, output: result,
            outputWidth: output.width, windowWidth: pool.kernel.width, stride: pool.window.stride.width,
            left: padding.left, panels: piece.panels))
        continue
      }
      for panel in piece.panels {
        for column in 0..<output.width {
          let columns = Taps(
            column * pool.window.stride.width - padding.left, pool.kernel.width, input.width, padding.right)
          let sum = unsafe Self.sum(first, rows.inside.count, columns.inside, panel, width: input.width)
          let divisor =
            pool.countsPadding ? rows.counted * columns.counted : rows.inside.count * columns.inside.count
          unsafe result.setLanes(sum / Float(divisor), pixel: column, panel: panel)
        }
      }
    }
  }

  /// Which values of an axis a window holds.
  private struct Taps {
    /// Those of the map.
    let inside: Range<Int>
    /// How many they are with the padding.
    let counted: Int

    /// Of `taps` values from `start` on, over an axis of `size` values and `behind` of padding.
    init(_ start: Int, _ taps: Int, _ size: Int, _ behind: Int) {
      inside = max(start, 0)..<min(start + taps, size)
      counted = min(start + taps, size + behind) - start
    }
  }

  /// Returns the sums of a panel over some rows and columns.
  @unsafe @inline(__always)
  private static func sum(_ map: FeatureMap, _ rows: Int, _ columns: Range<Int>, _ panel: Int, width: Int) -> SIMD16<
    Float
  > {
    var result = SIMD16<Float>()
    for row in 0..<rows {
      for column in columns { unsafe result += map.lanes(pixel: row * width + column, panel: panel) }
    }
    return result
  }
}
