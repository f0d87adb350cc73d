package import KernelCalls

/// Four values under each other, or what became of them.
private struct Quad {
  var first: Lanes
  var second: Lanes
  var third: Lanes
  var fourth: Lanes

  /// Writes the four, `stride` floats apart.
  @inline(__always)
  func store(to target: UnsafeMutablePointer<Float>, stride: Int) {
    target.store(first)
    (target + stride).store(second)
    (target + 2 * stride).store(third)
    (target + 3 * stride).store(fourth)
  }
}

/// Transforms the tiles of a map for Winograd's products.
///
/// Each column of a tile row is transformed once: neighbouring tiles share two of their four.
package func transform(_ call: borrowing WinogradInput) {
  let (tiles, width) = (call.tiles, call.inputWidth)
  // From one value of a tile to the next.
  let valueStride = tiles.across * tiles.down * panelWidth
  for channel in stride(
    from: call.panels.lowerBound * panelWidth, to: call.panels.upperBound * panelWidth, by: Lanes.scalarCount)
  {
    for tileRow in 0..<tiles.down {
      let rows = InputRows(call, first: 2 * tileRow - tiles.top, channel: channel)
      var target = address(call.output, tileRow * tiles.across, channel)
      var (first, second) = (rows.column(-tiles.left, of: width), rows.column(1 - tiles.left, of: width))
      for tile in 0..<tiles.across {
        let x = 2 * tile + 2 - tiles.left
        let (third, fourth) = (rows.column(x, of: width), rows.column(x + 1, of: width))
        difference(first, third).store(to: target, stride: 4 * valueStride)
        sum(second, third).store(to: target + valueStride, stride: 4 * valueStride)
        difference(third, second).store(to: target + 2 * valueStride, stride: 4 * valueStride)
        difference(second, fourth).store(to: target + 3 * valueStride, stride: 4 * valueStride)
        target += panelWidth
        (first, second) = (third, fourth)
      }
    }
  }
}

@inline(__always)
private func sum(_ left: Quad, _ right: Quad) -> Quad {
  Quad(
    first: left.first + right.first, second: left.second + right.second, third: left.third + right.third,
    fourth: left.fourth + right.fourth)
}

@inline(__always)
private func difference(_ left: Quad, _ right: Quad) -> Quad {
  Quad(
    first: left.first - right.first, second: left.second - right.second, third: left.third - right.third,
    fourth: left.fourth - right.fourth)
}

/// The four input rows of a row of tiles, of one vector of channels; nil where the map has none.
private struct InputRows {
  let rows: (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?)

  @inline(__always)
  init(_ call: borrowing WinogradInput, first: Int, channel: Int) {
    let (input, width, height) = (call.input, call.inputWidth, call.inputHeight)
    func row(_ y: Int) -> UnsafePointer<Float>? {
      y >= 0 && y < height ? UnsafePointer(address(input, y * width, channel)) : nil
    }
    rows = (row(first), row(first + 1), row(first + 2), row(first + 3))
  }

  /// Returns `Bᵀ` times the values in column `x` of a map of `width` columns.
  @inline(__always)
  func column(_ x: Int, of width: Int) -> Quad {
    guard x >= 0, x < width else { return Quad(first: .zero, second: .zero, third: .zero, fourth: .zero) }
    func value(_ row: UnsafePointer<Float>?) -> Lanes {
      guard let row else { return .zero }
      return load(row + x * panelWidth)
    }
    let (first, second, third, fourth) = (value(rows.0), value(rows.1), value(rows.2), value(rows.3))
    return Quad(first: first - third, second: second + third, third: third - second, fourth: second - fourth)
  }
}

/// Makes output pixels of Winograd's products.
package func transform(_ call: borrowing WinogradOutput) {
  if call.clamp.isHardSwish {
    transform(call, isHardSwish: true)
  } else {
    transform(call, isHardSwish: false)
  }
}

@inline(__always)
private func transform(_ call: borrowing WinogradOutput, isHardSwish: Bool) {
  let (tiles, width, height) = (call.tiles, call.outputWidth, call.outputHeight)
  let valueStride = tiles.across * tiles.down * panelWidth
  let limits = Limits(call.clamp, isHardSwish: isHardSwish)
  for channel in stride(
    from: call.panels.lowerBound * panelWidth, to: call.panels.upperBound * panelWidth, by: Lanes.scalarCount)
  {
    var source = UnsafePointer(address(call.input, 0, channel))
    for y in stride(from: 0, to: 2 * tiles.down, by: 2) {
      for x in stride(from: 0, to: 2 * tiles.across, by: 2) {
        // `m A`, row by row of the tile, then `Aᵀ` times that.
        let upper = horizontal(source, valueStride)
        let inner = horizontal(source + 4 * valueStride, valueStride)
        let outer = horizontal(source + 8 * valueStride, valueStride)
        let lower = horizontal(source + 12 * valueStride, valueStride)
        let results = (
          upper.left + inner.left + outer.left, upper.right + inner.right + outer.right,
          inner.left - outer.left - lower.left, inner.right - outer.right - lower.right
        )
        let pixel = y * width + x
        let (hasRight, hasLower) = (x + 1 < width, y + 1 < height)
        finish(results.0, call, pixel, channel, limits)
        if hasRight { finish(results.1, call, pixel + 1, channel, limits) }
        if hasLower { finish(results.2, call, pixel + width, channel, limits) }
        if hasRight && hasLower { finish(results.3, call, pixel + width + 1, channel, limits) }
        source += panelWidth
      }
    }
  }
}

/// Returns `A` applied to four products, `stride` floats apart: what they give to the left and to the right pixels.
@inline(__always)
private func horizontal(_ source: UnsafePointer<Float>, _ stride: Int) -> (left: Lanes, right: Lanes) {
  let (first, second) = (load(source), load(source + stride))
  let (third, fourth) = (load(source + 2 * stride), load(source + 3 * stride))
  return (first + second + third, second - third - fourth)
}

/// Writes one vector of output pixel `pixel`.
@inline(__always)
private func finish(
  _ sum: Lanes, _ call: borrowing WinogradOutput, _ pixel: Int, _ channel: Int, _ limits: Limits
) {
  var value = sum
  if let residual = call.residual { value += load(UnsafePointer(address(residual, pixel, channel))) }
  address(call.output, pixel, channel).store(activated(value, limits))
}
