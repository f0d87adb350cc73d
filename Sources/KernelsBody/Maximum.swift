package import KernelCalls

/// Takes the greatest value of each channel in windows along some rows.
package func maximum(_ call: borrowing Maximum) {
  let step = call.input.pixelStride
  let line = call.inputWidth * step
  for channel in stride(
    from: call.panels.lowerBound * panelWidth, to: call.panels.upperBound * panelWidth, by: Lanes.scalarCount)
  {
    let source = address(call.input, 0, channel)
    for column in 0..<call.outputWidth {
      let columns = call.columns(of: column)
      var greatest = Lanes(repeating: -.infinity)
      var row = source + columns.lowerBound * step
      for _ in 0..<call.inputRows {
        var place = row
        for _ in 0..<columns.count {
          greatest = greater(load(place), greatest)
          place += step
        }
        row += line
      }
      address(call.output, column, channel).store(greatest)
    }
  }
}

/// Returns the greater value of each lane, the second where one is no number.
@inline(__always)
private func greater(_ left: Lanes, _ right: Lanes) -> Lanes {
  // Holding a value above another one is what the instruction does.
  clamped(right, Limits(floor: left))
}

extension Limits {
  /// Nothing below `floor`, and nothing above.
  @inline(__always)
  fileprivate init(floor: Lanes) {
    (self.floor, ceiling, isHardSwish) = (floor, Lanes(repeating: .infinity), false)
  }
}
