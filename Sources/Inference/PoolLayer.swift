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

  /// - Parameters:
  ///   - input: the size of the map that is read.
  ///   - output: the size that `pool` gives it.
  init(_ pool: Pool, input: MapSize, output: MapSize) {
    (self.pool, self.input, self.output) = (pool, input, output)
    guard case .explicit(let top, let left, let bottom, let right) = pool.window.padding else {
      preconditionFailure("The padding is not resolved.")
    }
    padding = (top, left, bottom - pool.overhang.height, right - pool.overhang.width)
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
      for panel in piece.panels {
        for column in 0..<output.width {
          let columns = Taps(
            column * pool.window.stride.width - padding.left, pool.kernel.width, input.width, padding.right)
          let value = unsafe Self.value(
            first, rows.inside.count, columns.inside, panel, width: input.width, isMean: pool.method == .mean)
          let divisor =
            pool.method == .maximum
            ? 1
            : pool.countsPadding ? rows.counted * columns.counted : rows.inside.count * columns.inside.count
          unsafe UnsafeMutableRawPointer(result.address(pixel: column, channel: panel * panelWidth))
            .storeBytes(of: value / Float(divisor), as: SIMD16<Float>.self)
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

  /// Returns the greatest values or the sums of a panel over some rows and columns.
  @unsafe @inline(__always)
  private static func value(
    _ map: FeatureMap, _ rows: Int, _ columns: Range<Int>, _ panel: Int, width: Int, isMean: Bool
  ) -> SIMD16<Float> {
    var result = SIMD16<Float>(repeating: isMean ? 0 : -.infinity)
    for row in 0..<rows {
      for column in columns {
        let value = unsafe UnsafeRawPointer(map.address(pixel: row * width + column, channel: panel * panelWidth))
          .loadUnaligned(as: SIMD16<Float>.self)
        result = isMean ? result + value : greater(value, result)
      }
    }
    return result
  }
}
