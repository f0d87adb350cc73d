internal import CLanes
internal import KernelCalls

/// Computes the rows of a depthwise convolution of 3×3 bytes over a map of four columns or more; in the columns `inner`
/// whole windows lie in the map.
func convolveByQuads(_ call: borrowing ByteDepthwise, _ inner: Range<Int>) {
  let window = call.window
  let areNeighbours = window.columnStride == 1 && window.rowStride == 1 && window.rowDilation == 1
  let end = call.rows.upperBound
  var row = call.rows.lowerBound
  while row < end {
    let (taps, nextTaps) = (tapRows(call, row).count, tapRows(call, row + 1).count)
    let isPair = areNeighbours && row + 1 < end && taps == 3 && nextTaps == 3
    for panel in 0..<call.panels { convolveQuads(call, row, inner, panel, isPair: isPair) }
    row += isPair ? 2 : 1
  }
}

/// Computes a row and panel of a depthwise convolution of 3×3 bytes over a map of four columns or more by products of four
/// bytes: those of four neighbouring pixels meet the weights of a row of the window, which take three of them.
///
/// What is subtracted from inputs is taken out of the bias: `Σ (u − z)·w = Σ u·w − Σ z·w`, over the taps in the map.
///
/// - Parameter isPair: whether the next row is computed too, which shares three rows of the map with this one: of stride 1,
///   both windows within the map's rows.
@inline(never)
private func convolveQuads(
  _ call: borrowing ByteDepthwise, _ row: Int, _ inner: Range<Int>, _ panel: Int, isPair: Bool
) {
  let quads = ByteQuads(call, row, panel)
  let below = call.outputWidth * call.channels
  var column = 0
  while column < call.outputWidth {
    let place = quads.place(column)
    if quads.ending.isRising, column >= inner.lowerBound, column + 4 <= inner.upperBound {
      if isPair {
        let (upper, lower) = quads.fourTwice(column)
        quads.store(upper, to: place)
        quads.store(lower, to: place + below)
      } else {
        quads.store(quads.stride == 1 ? quads.four(column) : quads.fourApart(column), to: place)
      }
      column += 4
    } else {
      quads.ending.storeAny(quads.one(column, down: 0), to: place)
      if isPair { quads.ending.storeAny(quads.one(column, down: quads.line), to: place + below) }
      column += 1
    }
  }
}

/// The operands of one row and panel.
private struct ByteQuads {
  /// The weights of each row of the window, a byte a tap; all zero where the row lies outside of the map.
  private let (upper, middle, lower): (Sums, Sums, Sums)
  private let bias: Sums
  /// The map's zero in each byte.
  private let zeros: Sums
  /// The map's rows that the weights meet, from the panel's first channel on.
  private let (first, second, third): (UnsafePointer<UInt8>, UnsafePointer<UInt8>, UnsafePointer<UInt8>)
  private let target: UnsafeMutablePointer<UInt8>
  let ending: ByteEnding
  /// Bytes from one pixel to the next; columns.
  private let (pixel, width): (Int, Int)
  /// Bytes from one row to the next.
  let line: Int
  private let left: Int
  let stride: Int

  @inline(__always) init(_ call: borrowing ByteDepthwise, _ row: Int, _ panel: Int) {
    let (window, taken) = (call.window, tapRows(call, row))
    let (firstTap, lastTap) = (taken.lowerBound, taken.upperBound - 1)
    let taps = call.weights + panel * 9 * 16
    let top = row * window.rowStride - window.top
    let line = call.inputWidth * call.channels
    self.line = line
    let start = call.input + panel * 16
    @inline(__always) func weights(_ y: Int) -> Sums {
      guard y >= firstTap, y <= lastTap else { return Sums(repeating: 0) }
      let mask = Sums(repeating: 255)
      return loadSums(taps + y * 48) & mask | (loadSums(taps + y * 48 + 16) & mask) &<< 8
        | (loadSums(taps + y * 48 + 32) & mask) &<< 16
    }
    @inline(__always) func source(_ y: Int) -> UnsafePointer<UInt8> {
      y >= firstTap && y <= lastTap ? start + (top + y * window.rowDilation) * line : start
    }
    (upper, middle, lower) = (weights(0), weights(1), weights(2))
    (first, second, third) = (source(0), source(1), source(2))
    bias = loadSums(call.bias + panel * 16)
    zeros = Sums(repeating: call.inputZero &* 0x0101_0101)
    target = call.output + row * call.outputWidth * call.channels + panel * 16
    ending = ByteEnding(call.requantization, panel: panel, channels: call.channels)
    (pixel, width) = (call.channels, call.inputWidth)
    (left, stride) = (window.left, window.columnStride)
  }

  /// Where the bytes of a column go.
  @inline(__always) func place(_ column: Int) -> UnsafeMutablePointer<UInt8> { target + column * pixel }

  /// Writes four columns.
  @inline(__always) func store(_ sums: (Sums, Sums, Sums, Sums), to place: UnsafeMutablePointer<UInt8>) {
    ending.storeRising(sums.0, to: place)
    ending.storeRising(sums.1, to: place + pixel)
    ending.storeRising(sums.2, to: place + 2 * pixel)
    ending.storeRising(sums.3, to: place + 3 * pixel)
  }

  /// Returns the products of three quads with three rows of weights, and `start`.
  @inline(__always)
  private func sum(_ start: Sums, _ quads: (Sums, Sums, Sums), _ weights: (Sums, Sums, Sums)) -> Sums {
    add_bytes(add_bytes(add_bytes(start, quads.0, weights.0), quads.1, weights.1), quads.2, weights.2)
  }

  /// Returns the bias less what the zeros give with `weights`.
  @inline(__always) private func start(_ weights: (Sums, Sums, Sums)) -> Sums {
    bias &- sum(Sums(repeating: 0), (zeros, zeros, zeros), weights)
  }

  /// Returns four neighbouring pixels of each row from `offset` on, the last of them `last` bytes further.
  @inline(__always) private func quads(_ offset: Int, _ last: Int) -> (Sums, Sums, Sums) {
    (quad(first + offset, pixel, last), quad(second + offset, pixel, last), quad(third + offset, pixel, last))
  }

  /// Returns the sums of four neighbouring columns of stride 1 whose windows lie in the map.
  @inline(__always) func four(_ column: Int) -> (Sums, Sums, Sums, Sums) {
    let (weights, further) = ((upper, middle, lower), (upper &<< 8, middle &<< 8, lower &<< 8))
    let start = start(weights)
    let offset = (column - left) * pixel
    let (near, far) = (quads(offset, 3 * pixel), quads(offset + 2 * pixel, 3 * pixel))
    return (sum(start, near, weights), sum(start, near, further), sum(start, far, weights), sum(start, far, further))
  }

  /// Returns the same of this row and the next.
  @inline(__always)
  func fourTwice(_ column: Int) -> ((Sums, Sums, Sums, Sums), (Sums, Sums, Sums, Sums)) {
    let (weights, further) = ((upper, middle, lower), (upper &<< 8, middle &<< 8, lower &<< 8))
    let start = start(weights)
    let offset = (column - left) * pixel
    let (near, far) = (quads(offset, 3 * pixel), quads(offset + 2 * pixel, 3 * pixel))
    let nearest = (near.1, near.2, quad(third + line + offset, pixel, 3 * pixel))
    let farthest = (far.1, far.2, quad(third + line + offset + 2 * pixel, pixel, 3 * pixel))
    return (
      (sum(start, near, weights), sum(start, near, further), sum(start, far, weights), sum(start, far, further)),
      (
        sum(start, nearest, weights), sum(start, nearest, further), sum(start, farthest, weights),
        sum(start, farthest, further)
      )
    )
  }

  /// Returns the same of stride 2.
  @inline(__always) func fourApart(_ column: Int) -> (Sums, Sums, Sums, Sums) {
    let weights = (upper, middle, lower)
    let start = start(weights)
    let (offset, next) = ((2 * column - left) * pixel, 2 * pixel)
    return (
      sum(start, quads(offset, next), weights), sum(start, quads(offset + next, next), weights),
      sum(start, quads(offset + 2 * next, next), weights), sum(start, quads(offset + 3 * next, next), weights)
    )
  }

  /// Returns the sums of any column, whose window may begin before the map or end behind it, of rows so many bytes below.
  @inline(__always) func one(_ column: Int, down: Int) -> Sums {
    let place = column * stride - left
    let first = min(max(place, 0), width - 4)
    let shift = Int32(truncatingIfNeeded: place - first) &* 8
    @inline(__always) func moved(_ weights: Sums) -> Sums {
      shift >= 0 ? shifted_left(weights, shift) : shifted_right(weights, 0 &- shift)
    }
    let weights = (moved(upper), moved(middle), moved(lower))
    return sum(start(weights), quads(first * pixel + down, 3 * pixel), weights)
  }
}
