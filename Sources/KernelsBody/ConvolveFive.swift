internal import KernelCalls

/// Computes a depthwise convolution of windows that are five neighbouring columns wide and move on by one or two.
@inline(never)
func convolveFive(_ call: borrowing Depthwise) {
  if call.window.columnStride == 1 {
    convolveFive(StepOne.self, call)
  } else {
    convolveFive(StepTwo.self, call)
  }
}

/// Whether `convolveFive` can do a call.
@inline(__always)
func isFiveWide(_ call: borrowing Depthwise) -> Bool {
  let window = call.window
  return window.width == 5 && window.columnDilation == 1 && window.columnStride <= 2
}

@inline(__always)
private func convolveFive<Step: FixedStep>(_: Step.Type, _ call: borrowing Depthwise) {
  for channel in stride(
    from: call.panels.lowerBound * panelWidth, to: call.panels.upperBound * panelWidth, by: Lanes.scalarCount)
  {
    for row in call.rows {
      let line = AnyLine(call, row: row, channel: channel)
      var column = 0
      while column + Wide.count <= call.outputWidth {
        convolve(Wide.self, Step.self, line, column)
        column += Wide.count
      }
      if column + Four.count <= call.outputWidth {
        convolve(Four.self, Step.self, line, column)
        column += Four.count
      }
      while column < call.outputWidth {
        if column + Two.count <= call.outputWidth {
          convolve(Two.self, Step.self, line, column)
          column += Two.count
        } else {
          convolve(One.self, Step.self, line, column)
          column += One.count
        }
      }
    }
  }
}

/// Writes the output pixels of `line` from `column` on.
@inline(__always)
private func convolve<Sums: Pixels, Step: FixedStep>(_: Sums.Type, _: Step.Type, _ line: AnyLine, _ column: Int) {
  let first = column * Step.count - line.window.left
  if first >= 0 && first + (Sums.count - 1) * Step.count + 5 <= line.inputWidth {
    convolve(Sums.self, Step.self, Inside.self, line, column)
  } else {
    convolve(Sums.self, Step.self, AtEdge.self, line, column)
  }
}

/// Writes the output pixels of `line` from `column` on, whose inputs are read as `Reading` does.
///
/// Never inlined: a function of its own for each combination of types, whose steps and columns are constants.
@inline(never)
private func convolve<Sums: Pixels, Step: FixedStep, Reading: ColumnReading>(
  _: Sums.Type, _: Step.Type, _: Reading.Type, _ line: AnyLine, _ column: Int
) {
  let first = column * Step.count - line.window.left
  var sums = Sums(repeating: line.bias)
  for row in line.taps {
    let source = Source<Reading>(row: line.input + row * line.rowDistance, first: first, width: line.inputWidth)
    let taps = FiveTaps(loading: line.weights + row * 5 * panelWidth)
    // Five columns are under the first window, and `Step` more under each further one; what is under none is dropped.
    sums.addFour(from: 0, source, Step.count, taps)
    sums.addFour(from: 4, source, Step.count, taps)
    if Sums.count > 2 { sums.addFour(from: 8, source, Step.count, taps) }
    if Sums.count > 4 && Step.count > 1 {
      sums.addFour(from: 12, source, Step.count, taps)
      sums.addFour(from: 16, source, Step.count, taps)
    }
  }
  sums.store(to: line.output + column * panelWidth, line.limits)
}

extension Pixels {
  /// Adds what four columns of `source` give.
  @inline(__always)
  fileprivate mutating func addFour<Reading: ColumnReading>(
    from column: Int, _ source: Source<Reading>, _ step: Int, _ taps: FiveTaps
  ) {
    add(source[column], at: column, step, taps)
    add(source[column + 1], at: column + 1, step, taps)
    add(source[column + 2], at: column + 2, step, taps)
    add(source[column + 3], at: column + 3, step, taps)
  }
}

/// Five neighbouring weights.
struct FiveTaps {
  let first: Lanes
  let second: Lanes
  let third: Lanes
  let fourth: Lanes
  let fifth: Lanes

  @inline(__always) init(loading source: UnsafePointer<Float>) {
    first = load(source)
    second = load(source + panelWidth)
    third = load(source + 2 * panelWidth)
    fourth = load(source + 3 * panelWidth)
    fifth = load(source + 4 * panelWidth)
  }
}

/// How a column of an input row is read, as a type.
private protocol ColumnReading {
  static func value(_ row: UnsafePointer<Float>, _ column: Int, _ width: Int) -> Lanes
}

/// All columns exist.
private enum Inside: ColumnReading {
  @inline(__always) static func value(_ row: UnsafePointer<Float>, _ column: Int, _ width: Int) -> Lanes {
    load(row + column * panelWidth)
  }
}

/// Some columns may lie outside the map.
private enum AtEdge: ColumnReading {
  @inline(__always) static func value(_ row: UnsafePointer<Float>, _ column: Int, _ width: Int) -> Lanes {
    column >= 0 && column < width ? load(row + column * panelWidth) : .zero
  }
}

/// An input row under a window whose first column is `first`.
private struct Source<Reading: ColumnReading> {
  let row: UnsafePointer<Float>
  let first: Int
  let width: Int

  @inline(__always) subscript(column: Int) -> Lanes { Reading.value(row, first + column, width) }
}
