internal import KernelCalls

/// Three layers in one, strip by strip: one that spreads to many channels, a depthwise one, and one that projects to
/// few. The wide maps between them never exist as a whole, only some rows at a time, which stay in the second-level cache.
///
/// A strip begins with the spread rows that the one before has left where it reads them too, also that of the piece above
/// (`Piece.above`).
///
/// It pays where a wide map is larger than the caches: MobileNetV2's first blocks.
struct BottleneckLayer: Layer {
  let spread: any Layer
  let depthwise: DepthwiseLayer
  let project: PointwiseLayer
  private let walk: StripWalk

  /// - Parameter stripFloats: of a strip's rows of both wide maps, as far as two rows of results allow.
  /// - Precondition: each layer's output is the next one's input, rows included.
  init(spread: any Layer, depthwise: DepthwiseLayer, project: PointwiseLayer, stripFloats: Int) {
    let (wide, narrow) = (depthwise.input, depthwise.output)
    precondition(spread.output == wide && narrow == project.input, "The layers do not chain.")
    (self.spread, self.depthwise, self.project) = (spread, depthwise, project)
    let row = wide.panels * wide.elements.panelFloats * (wide.width * depthwise.window.rowStride + narrow.width)
    walk = StripWalk(
      window: depthwise.window, height: wide.height, most: min(max(stripFloats / row, 2), narrow.height))
  }

  var input: MapSize { spread.input }
  var output: MapSize { project.output }
  var kind: StepDescription.Kind { .bottleneck }
  var cut: Cut { .rows(multiple: 1) }
  var scratch: Int { wideFloats + narrowFloats + max(spread.scratch, project.scratch) }

  /// Floats from a panel of a strip's spread rows to the next, and from one of its depthwise results.
  private var wideStride: Int { walk.wideRows * depthwise.input.width * panelFloats }
  private var narrowStride: Int { walk.most * depthwise.output.width * panelFloats }
  /// Floats of a panel of a pixel of both.
  private var panelFloats: Int { depthwise.input.elements.panelFloats }
  /// Floats of scratch for a strip of each of both.
  private var wideFloats: Int { depthwise.input.panels * wideStride }
  private var narrowFloats: Int { depthwise.output.panels * narrowStride }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let panels = 0..<depthwise.input.panels
    let narrowMap = unsafe FeatureMap(scratch + wideFloats, pixelStride: panelFloats, panelStride: narrowStride)
    let rest = unsafe scratch + wideFloats + narrowFloats
    walk.forEach(of: piece.rows, below: piece.above) { part in
      let (rows, wideRows) = (part.rows, part.wideRows)
      unsafe move(part.kept, from: part.keptFrom, of: scratch)
      let wide = unsafe Strip(
        map: FeatureMap(scratch, pixelStride: panelFloats, panelStride: wideStride), firstRow: wideRows.lowerBound)
      let narrow = unsafe Strip(map: narrowMap, firstRow: rows.lowerBound)
      let missing = Piece(rows: part.missing, panels: panels)
      unsafe spread.compute(missing, from: source, adding: nil, to: wide, scratch: rest)
      unsafe depthwise.compute(Piece(rows: rows, panels: panels), from: wide, adding: nil, to: narrow, scratch: rest)
      unsafe project.compute(
        Piece(rows: rows, panels: piece.panels), from: narrow, adding: second, to: target, scratch: rest)
    }
  }

  /// Moves `count` spread rows that the strip before has left from row `first` of each panel to its beginning.
  @unsafe
  private func move(_ count: Int, from first: Int, of map: UnsafeMutablePointer<Float>) {
    guard first > 0 else { return }
    let row = depthwise.input.width * panelFloats
    for panel in 0..<depthwise.input.panels {
      let start = unsafe map + panel * wideStride
      unsafe start.update(from: start + first * row, count: count * row)
    }
  }
}
