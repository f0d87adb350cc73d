package import KernelCalls

/// Copies the windows of some output pixels side by side.
///
/// For each input panel and tap the pixels of an output row are one walk along an input row, so whole panels are moved
/// from neighbouring places to neighbouring places.
package func gather(_ call: borrowing Gather) {
  let (window, width) = (call.window, call.outputWidth)
  let (inputWidth, inputHeight) = (call.inputWidth, call.inputHeight)
  for windowPanel in call.windowPanels {
    let (tap, panel) = (windowPanel / call.inputPanels, windowPanel % call.inputPanels)
    let (tapRow, tapColumn) = (tap / window.width, tap % window.width)
    let target = call.target.base + (windowPanel - call.windowPanels.lowerBound) * call.target.panelStride
    let source = call.input.base + panel * call.input.panelStride
    var pixel = call.pixels.lowerBound
    while pixel < call.pixels.upperBound {
      let row = pixel / width
      let end = min((row + 1) * width, call.pixels.upperBound)
      let y = row * window.rowStride - window.top + tapRow * window.rowDilation
      let isInside = y >= 0 && y < inputHeight
      let line = isInside ? (y - call.firstInputRow) * inputWidth : 0
      var x = (pixel - row * width) * window.columnStride - window.left + tapColumn * window.columnDilation
      while pixel < end {
        let place = target + (pixel - call.pixels.lowerBound) * call.target.pixelStride
        if isInside && x >= 0 && x < inputWidth {
          place.copyPanel(source + (line + x) * call.input.pixelStride)
        } else {
          place.clearPanel()
        }
        x += window.columnStride
        pixel += 1
      }
    }
  }
}

extension UnsafeMutablePointer<Float> {
  /// Writes the 16 floats at `source` here.
  @inline(__always)
  fileprivate func copyPanel(_ source: UnsafePointer<Float>) {
    for lane in stride(from: 0, to: panelWidth, by: Lanes.scalarCount) { (self + lane).store(load(source + lane)) }
  }

  /// Writes 16 zeros here.
  @inline(__always)
  fileprivate func clearPanel() {
    for lane in stride(from: 0, to: panelWidth, by: Lanes.scalarCount) { (self + lane).store(.zero) }
  }
}
