internal import CLanes
package import KernelCalls

/// Computes a depthwise convolution of bytes.
package func convolveBytes(_ call: borrowing ByteDepthwise) {
  let window = call.window
  let isFast = window.width == 3 && window.height == 3 && window.columnDilation == 1 && window.columnStride <= 2
  // Columns whose whole window lies in the map.
  let first = (window.left + window.columnStride - 1) / window.columnStride
  let reach = (window.width - 1) * window.columnDilation + 1
  let last = call.inputWidth + window.left - reach
  let end = last < 0 ? 0 : min(last / window.columnStride + 1, call.outputWidth)
  let inner = isFast && first < end ? first..<end : 0..<0
  if isFast, hasByteDots, call.hasByteWeights { return convolveByQuads(call, inner) }
  for row in call.rows {
    for panel in 0..<call.panels {
      for column in 0..<inner.lowerBound { convolveOne(call, row, column, panel) }
      var column = inner.lowerBound
      if inner.count >= 4 {
        column =
          window.columnStride == 1
          ? convolveFours(call, row, inner, panel) : convolveFoursApart(call, row, inner, panel)
      }
      while column < call.outputWidth {
        convolveOne(call, row, column, panel)
        column += 1
      }
    }
  }
}

/// The rows of a window that lie in the map.
@inline(__always)
func tapRows(_ call: borrowing ByteDepthwise, _ row: Int) -> Range<Int> {
  let top = row * call.window.rowStride - call.window.top
  var (first, end) = (0, call.window.height)
  while first < end, top + first * call.window.rowDilation < 0 { first += 1 }
  while end > first, top + (end - 1) * call.window.rowDilation >= call.inputHeight { end -= 1 }
  return first..<end
}

/// Returns 16 bytes of a pixel, each less the zero.
@inline(__always)
private func steps(_ source: UnsafePointer<UInt8>, _ zero: Sums) -> Sums { widened(source) &- zero }

/// Computes one pixel, whatever its window.
@inline(never)
private func convolveOne(_ call: borrowing ByteDepthwise, _ row: Int, _ column: Int, _ panel: Int) {
  let (window, width, zero) = (call.window, call.inputWidth, Sums(repeating: call.inputZero))
  let weights = call.weights + panel * window.height * window.width * 16
  var sums = loadSums(call.bias + panel * 16)
  for y in tapRows(call, row) {
    let line = (row * window.rowStride - window.top + y * window.rowDilation) * width
    for x in 0..<window.width {
      let place = column * window.columnStride - window.left + x * window.columnDilation
      if place < 0 || place >= width { continue }
      let values = steps(call.input + (line + place) * call.channels + panel * 16, zero)
      sums = add_halves(sums, values, loadSums(weights + (y * window.width + x) * 16))
    }
  }
  RowEnding(call, row, panel).store(sums, column)
}

/// Computes neighbouring pixels of stride 1 whose windows are 3×3 and lie in the map's columns, four at a time; returns the
/// first column that is left.
@inline(never)
private func convolveFours(_ call: borrowing ByteDepthwise, _ row: Int, _ columns: Range<Int>, _ panel: Int) -> Int {
  let (zero, pixel) = (Sums(repeating: call.inputZero), call.channels)
  let (bias, rows) = (loadSums(call.bias + panel * 16), tapRows(call, row))
  let ending = RowEnding(call, row, panel)
  let line = call.inputWidth * pixel
  let weights = call.weights + panel * 9 * 16
  let top = call.input + (row * call.window.rowStride - call.window.top) * line + panel * 16
  var column = columns.lowerBound
  while column + 4 <= columns.upperBound {
    var (first, second, third, fourth) = (bias, bias, bias, bias)
    for y in rows {
      let source = top + y * call.window.rowDilation * line + (column - call.window.left) * pixel
      let taps = weights + y * 48
      let (left, middle, right) = (loadSums(taps), loadSums(taps + 16), loadSums(taps + 32))
      let (a, b, c) = (steps(source, zero), steps(source + pixel, zero), steps(source + 2 * pixel, zero))
      let (d, e, f) = (
        steps(source + 3 * pixel, zero), steps(source + 4 * pixel, zero), steps(source + 5 * pixel, zero)
      )
      first = add_halves(add_halves(add_halves(first, a, left), b, middle), c, right)
      second = add_halves(add_halves(add_halves(second, b, left), c, middle), d, right)
      third = add_halves(add_halves(add_halves(third, c, left), d, middle), e, right)
      fourth = add_halves(add_halves(add_halves(fourth, d, left), e, middle), f, right)
    }
    ending.store((first, second, third, fourth), column)
    column += 4
  }
  return column
}

/// As above, of stride 2.
@inline(never)
private func convolveFoursApart(_ call: borrowing ByteDepthwise, _ row: Int, _ columns: Range<Int>, _ panel: Int) -> Int
{
  let (zero, pixel) = (Sums(repeating: call.inputZero), call.channels)
  let (bias, rows) = (loadSums(call.bias + panel * 16), tapRows(call, row))
  let ending = RowEnding(call, row, panel)
  let line = call.inputWidth * pixel
  let weights = call.weights + panel * 9 * 16
  let top = call.input + (row * call.window.rowStride - call.window.top) * line + panel * 16
  var column = columns.lowerBound
  while column + 4 <= columns.upperBound {
    var (first, second, third, fourth) = (bias, bias, bias, bias)
    for y in rows {
      let source = top + y * call.window.rowDilation * line + (2 * column - call.window.left) * pixel
      let taps = weights + y * 48
      let (left, middle, right) = (loadSums(taps), loadSums(taps + 16), loadSums(taps + 32))
      let (a, b, c) = (steps(source, zero), steps(source + pixel, zero), steps(source + 2 * pixel, zero))
      first = add_halves(add_halves(add_halves(first, a, left), b, middle), c, right)
      let (d, e) = (steps(source + 3 * pixel, zero), steps(source + 4 * pixel, zero))
      second = add_halves(add_halves(add_halves(second, c, left), d, middle), e, right)
      let (f, g) = (steps(source + 5 * pixel, zero), steps(source + 6 * pixel, zero))
      third = add_halves(add_halves(add_halves(third, e, left), f, middle), g, right)
      let (h, i) = (steps(source + 7 * pixel, zero), steps(source + 8 * pixel, zero))
      fourth = add_halves(add_halves(add_halves(fourth, g, left), h, middle), i, right)
    }
    ending.store((first, second, third, fourth), column)
    column += 4
  }
  return column
}

/// What makes bytes of the sums of one row and panel.
private struct RowEnding {
  private let ending: ByteEnding
  private let target: UnsafeMutablePointer<UInt8>
  private let pixel: Int

  @inline(__always) init(_ call: borrowing ByteDepthwise, _ row: Int, _ panel: Int) {
    ending = ByteEnding(call.requantization, panel: panel, channels: call.channels)
    target = call.output + row * call.outputWidth * call.channels + panel * 16
    pixel = call.channels
  }

  /// Writes the bytes of one pixel.
  @inline(__always) func store(_ sums: Sums, _ column: Int) {
    ending.store(sums, to: target + column * pixel)
  }

  /// Writes the bytes of four pixels from `column` on.
  @inline(__always) func store(_ sums: (Sums, Sums, Sums, Sums), _ column: Int) {
    let place = target + column * pixel
    var doubt = ByteEnding.none
    ending.store(sums, to: place, pixel, &doubt)
    if ByteEnding.isDoubtful(doubt) {
      ending.storeExactly(sums.0, to: place)
      ending.storeExactly(sums.1, to: place + pixel)
      ending.storeExactly(sums.2, to: place + 2 * pixel)
      ending.storeExactly(sums.3, to: place + 3 * pixel)
    }
  }
}
