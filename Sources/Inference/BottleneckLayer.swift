internal import KernelCalls

/// Three layers in one, strip by strip: one that spreads to many channels, a depthwise one, and one that projects to
/// few. The wide maps between them never exist as a whole, only some rows at a time, which stay in the second-level cache.
///
/// It pays where a wide map is larger than the caches: MobileNetV2's first blocks.
struct BottleneckLayer: Layer {
  let spread: any Layer
  let depthwise: DepthwiseLayer
  let project: PointwiseLayer
  /// Output rows computed at a time, at most.
  private let stripRows: Int

  /// - Parameter stripFloats: of a strip's rows of both wide maps, as far as two rows of results allow.
  /// - Precondition: each layer's output is the next one's input, rows included.
  init(spread: any Layer, depthwise: DepthwiseLayer, project: PointwiseLayer, stripFloats: Int) {
    let (wide, narrow) = (depthwise.input, depthwise.output)
    precondition(spread.output == wide && narrow == project.input, "The layers do not chain.")
    (self.spread, self.depthwise, self.project) = (spread, depthwise, project)
    let row = wide.panels * panelWidth * (wide.width * depthwise.window.rowStride + narrow.width)
    stripRows = min(max(stripFloats / row, 2), narrow.height)
  }

  var input: MapSize { spread.input }
  var output: MapSize { project.output }
  var kind: StepDescription.Kind { .bottleneck }
  var cut: Cut { .rows(multiple: 1) }
  var scratch: Int { wideFloats + narrowFloats + max(spread.scratch, project.scratch) }

  /// Floats from a panel of a strip's spread rows to the next, and from one of its depthwise results.
  private var wideStride: Int {
    min(depthwise.window.mostInputRows(for: stripRows), depthwise.input.height) * depthwise.input.width * panelWidth
  }
  private var narrowStride: Int { stripRows * depthwise.output.width * panelWidth }
  /// Floats of scratch for a strip of each of both.
  private var wideFloats: Int { depthwise.input.panels * wideStride }
  private var narrowFloats: Int { depthwise.output.panels * narrowStride }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let (first, count) = (piece.rows.lowerBound, piece.rows.count)
    let strips = (count + stripRows - 1) / stripRows
    let panels = 0..<depthwise.input.panels
    let narrowMap = unsafe FeatureMap(scratch + wideFloats, pixelStride: panelWidth, panelStride: narrowStride)
    let rest = unsafe scratch + wideFloats + narrowFloats
    var spreadRows = 0..<0
    for strip in 0..<strips {
      let rows = first + strip * count / strips..<first + (strip + 1) * count / strips
      let (before, present) = (spreadRows, depthwise.window.inputRows(for: rows, height: depthwise.input.height))
      spreadRows = present
      let known = present.clamped(to: before)
      unsafe move(known, from: before.lowerBound, to: present.lowerBound, of: scratch)
      let wide = unsafe Strip(
        map: FeatureMap(scratch, pixelStride: panelWidth, panelStride: wideStride), firstRow: present.lowerBound)
      let narrow = unsafe Strip(map: narrowMap, firstRow: rows.lowerBound)
      let unknown = known.isEmpty ? present : known.upperBound..<present.upperBound
      unsafe spread.compute(Piece(rows: unknown, panels: panels), from: source, adding: nil, to: wide, scratch: rest)
      unsafe depthwise.compute(Piece(rows: rows, panels: panels), from: wide, adding: nil, to: narrow, scratch: rest)
      unsafe project.compute(
        Piece(rows: rows, panels: piece.panels), from: narrow, adding: second, to: target, scratch: rest)
    }
  }

  /// Moves the spread rows `rows`, which the strip before has left, from where they lie if row `old` lies first to where
  /// they lie if row `new` does.
  @unsafe
  private func move(_ rows: Range<Int>, from old: Int, to new: Int, of map: UnsafeMutablePointer<Float>) {
    guard !rows.isEmpty, old != new else { return }
    let row = depthwise.input.width * panelWidth
    for panel in 0..<depthwise.input.panels {
      let start = unsafe map + panel * wideStride
      unsafe (start + (rows.lowerBound - new) * row).update(
        from: start + (rows.lowerBound - old) * row, count: rows.count * row)
    }
  }
}
