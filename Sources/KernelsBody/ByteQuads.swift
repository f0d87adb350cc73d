internal import CLanes
internal import KernelCalls

/// Computes the rows of a depthwise convolution of 3×3 bytes; in the columns `inner` whole windows lie in the map.
func convolveByQuads(_ call: borrowing ByteDepthwise, _ inner: Range<Int>) {
  let window = call.window
  let areNeighbours = window.columnStride == 1 && window.rowStride == 1 && window.rowDilation == 1
  let end = call.rows.upperBound
  var row = call.rows.lowerBound
  while row < end {
    let (taps, nextTaps) = (tapRows(call, row).count, tapRows(call, row + 1).count)
    let isPair = areNeighbours && row + 1 < end && taps == 3 && nextTaps == 3
    let whole = taps > 0 ? inner : 0..<0
    for panel in 0..<call.panels { convolveQuads(call, row, whole, panel, isPair: isPair) }
    row += isPair ? 2 : 1
  }
}

/// Computes a row and panel of a depthwise convolution of 3×3 bytes by products of four bytes: those of four rows of a column
/// of the map meet the weights of a column of the window, which take three of them.
///
/// What is subtracted from inputs is taken out of the bias: `Σ (u − z)·w = Σ u·w − Σ z·w`.
///
/// - Parameter isPair: whether the next row is computed too, of the same columns of four rows: of stride 1, both windows
///   within the map's rows.
@inline(never)
private func convolveQuads(
  _ call: borrowing ByteDepthwise, _ row: Int, _ inner: Range<Int>, _ panel: Int, isPair: Bool
) {
  let quads = ByteQuads(call, row, panel, isPair: isPair)
  for column in 0..<inner.lowerBound { quads.storeOne(column, isPair: isPair) }
  var column = inner.lowerBound
  while column + 4 <= inner.upperBound {
    // A bit of what is in doubt is for four columns.
    let fours = min((inner.upperBound - column) / 4, 64)
    if isPair {
      let doubtful = quads.storeFoursTwice(column, fours)
      if doubtful.0 != 0 { storeExactly(call, row, column, panel, doubtful.0, isPair: true, isLower: false) }
      if doubtful.1 != 0 { storeExactly(call, row, column, panel, doubtful.1, isPair: true, isLower: true) }
    } else {
      let doubtful = quads.stride == 1 ? quads.storeFours(column, fours) : quads.storeFoursApart(column, fours)
      if doubtful != 0 { storeExactly(call, row, column, panel, doubtful, isPair: false, isLower: false) }
    }
    column += 4 * fours
  }
  while column < call.outputWidth {
    quads.storeOne(column, isPair: isPair)
    column += 1
  }
}

/// Writes the bytes of each four columns from `column` on that have a bit in `places` in integers, of a row or the one
/// below.
@inline(never)
private func storeExactly(
  _ call: borrowing ByteDepthwise, _ row: Int, _ column: Int, _ panel: Int, _ places: UInt64, isPair: Bool,
  isLower: Bool
) {
  let quads = ByteQuads(call, row, panel, isPair: isPair)
  var left = places
  while left != 0 {
    let first = column + 4 * left.trailingZeroBitCount
    for column in first..<first + 4 { quads.storeOneExactly(column, isLower: isLower) }
    left &= left &- 1
  }
}

/// The operands of one row and panel, or of two rows.
private struct ByteQuads {
  /// The weights of the columns of the window, a byte a row; zero for rows outside of the map.
  private let (left, middle, right): (Sums, Sums, Sums)
  /// The bias less what the map's zero gives.
  private let start: Sums
  /// The map's zero in each byte: what lies beside the map.
  private let zeros: Sums
  /// The first row of the map that the window meets, from the panel's first channel on, and bytes from it to the others.
  private let source: UnsafePointer<UInt8>
  private let (second, third, fourth): (Int, Int, Int)
  private let target: UnsafeMutablePointer<UInt8>
  private let ending: ByteEnding
  /// Bytes from one pixel to the next, and from one row of the output to the next.
  private let (pixel, below): (Int, Int)
  /// Columns of the map, and those of it before the first window's second column.
  private let (width, before): (Int, Int)
  let stride: Int

  @inline(__always) init(_ call: borrowing ByteDepthwise, _ row: Int, _ panel: Int, isPair: Bool) {
    let (window, taken) = (call.window, tapRows(call, row))
    let taps = call.weights + panel * 9 * 16
    @inline(__always) func weights(_ x: Int) -> Sums {
      var bytes = Sums(repeating: 0)
      for y in taken {
        let shift = Int32(truncatingIfNeeded: y - taken.lowerBound) &* 8
        bytes |= shifted_left(loadSums(taps + y * 48 + x * 16) & Sums(repeating: 255), shift)
      }
      return bytes
    }
    (left, middle, right) = (weights(0), weights(1), weights(2))
    zeros = Sums(repeating: call.inputZero &* 0x0101_0101)
    let zero = add_bytes(add_bytes(add_bytes(Sums(repeating: 0), zeros, left), zeros, middle), zeros, right)
    start = loadSums(call.bias + panel * 16) &- zero
    let line = call.inputWidth * call.channels
    let step = window.rowDilation * line
    let first = row * window.rowStride - window.top + taken.lowerBound * window.rowDilation
    source = call.input + panel * 16 + (taken.isEmpty ? 0 : first * line)
    // Rows that are not there have no weights: the first one is as good.
    (second, third, fourth) = (taken.count > 1 ? step : 0, taken.count > 2 ? 2 * step : 0, isPair ? 3 * step : 0)
    (pixel, below) = (call.channels, call.outputWidth * call.channels)
    target = call.output + row * below + panel * 16
    ending = ByteEnding(call.requantization, panel: panel, channels: call.channels)
    // Where no row is in the map all columns are beside it: the first row may not be in memory.
    (width, before, stride) = (taken.isEmpty ? 0 : call.inputWidth, window.left, window.columnStride)
  }

  /// Returns a column of the map.
  @inline(__always) private func quad(_ column: Int) -> Sums {
    four_rows(source + column * pixel, second, third, fourth)
  }

  /// Returns a column of the map, or one beside it.
  @inline(__always) private func anyQuad(_ column: Int) -> Sums {
    column >= 0 && column < width ? quad(column) : zeros
  }

  /// Returns what three neighbouring columns of the map give.
  @inline(__always) private func sum(_ first: Sums, _ second: Sums, _ third: Sums) -> Sums {
    add_bytes(add_bytes(add_bytes(start, first, left), second, middle), third, right)
  }

  /// Returns what they give in the row below.
  @inline(__always) private func sumBelow(_ first: Sums, _ second: Sums, _ third: Sums) -> Sums {
    add_bytes(add_bytes(add_bytes(start, first, left &<< 8), second, middle &<< 8), third, right &<< 8)
  }

  /// Writes four columns from `column` on, so many bytes below the row, and returns whether a byte may be wrong.
  @inline(__always) private func store(_ sums: (Sums, Sums, Sums, Sums), _ column: Int, _ below: Int) -> Bool {
    var doubt = ByteEnding.none
    ending.store(sums, to: target + column * pixel + below, pixel, &doubt)
    return ByteEnding.isDoubtful(doubt)
  }

  /// Writes `fours` times four columns of stride 1 from `column` on, whose windows lie in the map; returns a bit for each
  /// four of which a byte may be wrong.
  @inline(__always) func storeFours(_ column: Int, _ fours: Int) -> UInt64 {
    var (doubtful, place) = (UInt64(0), column - before)
    var (a, b) = (quad(place), quad(place + 1))
    for index in 0..<fours {
      let (c, d, e, f) = (quad(place + 2), quad(place + 3), quad(place + 4), quad(place + 5))
      let sums = (sum(a, b, c), sum(b, c, d), sum(c, d, e), sum(d, e, f))
      doubtful |= store(sums, column + 4 * index, 0) ? 1 &<< UInt64(index) : 0
      (a, b) = (e, f)
      place += 4
    }
    return doubtful
  }

  /// Does the same for this row and the next.
  @inline(__always) func storeFoursTwice(_ column: Int, _ fours: Int) -> (UInt64, UInt64) {
    var (doubtful, doubtfulBelow, place) = (UInt64(0), UInt64(0), column - before)
    var (a, b) = (quad(place), quad(place + 1))
    for index in 0..<fours {
      let (c, d, e, f) = (quad(place + 2), quad(place + 3), quad(place + 4), quad(place + 5))
      let sums = (sum(a, b, c), sum(b, c, d), sum(c, d, e), sum(d, e, f))
      doubtful |= store(sums, column + 4 * index, 0) ? 1 &<< UInt64(index) : 0
      let sumsBelow = (sumBelow(a, b, c), sumBelow(b, c, d), sumBelow(c, d, e), sumBelow(d, e, f))
      doubtfulBelow |= store(sumsBelow, column + 4 * index, below) ? 1 &<< UInt64(index) : 0
      (a, b) = (e, f)
      place += 4
    }
    return (doubtful, doubtfulBelow)
  }

  /// Does the same for columns of stride 2 of one row.
  @inline(__always) func storeFoursApart(_ column: Int, _ fours: Int) -> UInt64 {
    var (doubtful, place) = (UInt64(0), 2 * column - before)
    var a = quad(place)
    for index in 0..<fours {
      let (b, c, d, e) = (quad(place + 1), quad(place + 2), quad(place + 3), quad(place + 4))
      let (f, g, h, i) = (quad(place + 5), quad(place + 6), quad(place + 7), quad(place + 8))
      let sums = (sum(a, b, c), sum(c, d, e), sum(e, f, g), sum(g, h, i))
      doubtful |= store(sums, column + 4 * index, 0) ? 1 &<< UInt64(index) : 0
      a = i
      place += 8
    }
    return doubtful
  }

  /// Returns the sums of any column.
  @inline(__always) private func one(_ column: Int, isLower: Bool) -> Sums {
    let place = column * stride - before
    let (first, second, third) = (anyQuad(place), anyQuad(place + 1), anyQuad(place + 2))
    return isLower ? sumBelow(first, second, third) : sum(first, second, third)
  }

  /// Writes any column, and that of the next row.
  @inline(__always) func storeOne(_ column: Int, isPair: Bool) {
    let place = target + column * pixel
    ending.store(one(column, isLower: false), to: place)
    if isPair { ending.store(one(column, isLower: true), to: place + below) }
  }

  /// Writes any column of the row or the next one in integers.
  @inline(__always) func storeOneExactly(_ column: Int, isLower: Bool) {
    ending.storeExactly(one(column, isLower: isLower), to: target + column * pixel + (isLower ? below : 0))
  }
}
