package import KernelCalls

/// Computes a depthwise convolution.
package func convolve(_ call: borrowing Depthwise) {
  let step = call.quickStep
  if step > 0 {
    convolveThree(call, step: step)
  } else if isFiveWide(call) {
    convolveFive(call)
  } else {
    convolveAny(call)
  }
}

/// Computes a depthwise convolution of any window.
@inline(never)
private func convolveAny(_ call: borrowing Depthwise) {
  let window = call.window
  // Output columns whose taps all lie in the map.
  let reach = (window.width - 1) * window.columnDilation
  let inner = min((window.left + window.columnStride - 1) / window.columnStride, call.outputWidth)
  let last = call.inputWidth - 1 - reach + window.left
  let outer = max(inner, last < 0 ? 0 : min(last / window.columnStride + 1, call.outputWidth))
  for channel in stride(
    from: call.panels.lowerBound * panelWidth, to: call.panels.upperBound * panelWidth, by: Lanes.scalarCount)
  {
    for row in call.rows {
      let line = AnyLine(call, row: row, channel: channel)
      for column in 0..<inner { line.convolveEdge(column) }
      var column = inner
      while column + Wide.count <= outer {
        line.convolveInner(column)
        column += Wide.count
      }
      while column < call.outputWidth {
        line.convolveEdge(column)
        column += 1
      }
    }
  }
}

/// One output row of one vector of channels, under a window of any size.
struct AnyLine {
  let window: KernelWindow
  let inputWidth: Int
  /// Rows of the window that lie in the map.
  let taps: Range<Int>
  /// Column 0 of the input row under the window's row 0, which need not exist.
  let input: UnsafePointer<Float>
  /// Floats from one row of the window to the next.
  let rowDistance: Int
  let weights: UnsafePointer<Float>
  let bias: Lanes
  let limits: Limits
  let output: UnsafeMutablePointer<Float>

  @inline(__always)
  init(_ call: borrowing Depthwise, row: Int, channel: Int) {
    window = call.window
    inputWidth = call.inputWidth
    let top = row * window.rowStride - window.top
    taps = present(window.height, from: top, apart: window.rowDilation, below: call.inputHeight)
    input = UnsafePointer(address(call.input, (top - call.firstInputRow) * call.inputWidth, channel))
    rowDistance = window.rowDilation * call.inputWidth * panelWidth
    weights = call.weights + channel / panelWidth * window.height * window.width * panelWidth + channel % panelWidth
    bias = load(call.bias + channel)
    limits = Limits(call.clamp)
    output = address(call.output, (row - call.firstOutputRow) * call.outputWidth, channel)
  }

  /// Writes one output pixel, whose window may reach outside the map.
  @inline(__always)
  func convolveEdge(_ column: Int) {
    let first = column * window.columnStride - window.left
    let columns = present(window.width, from: first, apart: window.columnDilation, below: inputWidth)
    var sum = bias
    for row in taps {
      for tap in columns {
        let value = load(input + row * rowDistance + (first + tap * window.columnDilation) * panelWidth)
        addProduct(&sum, value, load(weights + (row * window.width + tap) * panelWidth))
      }
    }
    (output + column * panelWidth).store(activated(sum, limits))
  }

  /// Writes the output pixels from `column`, whose windows do not reach outside the map's sides.
  @inline(__always)
  func convolveInner(_ column: Int) {
    let first = (column * window.columnStride - window.left) * panelWidth
    var sums = Wide(repeating: bias)
    for row in taps {
      for tap in 0..<window.width {
        let source = input + row * rowDistance + first + tap * window.columnDilation * panelWidth
        sums.add(source, window.columnStride * panelWidth, load(weights + (row * window.width + tap) * panelWidth))
      }
    }
    sums.store(to: output + column * panelWidth, limits)
  }
}

/// Returns which of `count` taps, the first at `first` and `distance` apart, lie in `0..<limit`.
@inline(__always)
private func present(_ count: Int, from first: Int, apart distance: Int, below limit: Int) -> Range<Int> {
  let start = first >= 0 ? 0 : min((distance - 1 - first) / distance, count)
  let end = first >= limit ? 0 : min((limit - 1 - first) / distance + 1, count)
  return start..<max(start, end)
}
