internal import KernelCalls

/// Three layers in one, strip by strip: one that spreads to many channels, a depthwise one, and one that projects to
/// few. The wide maps between them never exist as a whole, only some rows at a time, which stay in the second-level cache.
///
/// A strip begins with the spread rows that the one before has left where it reads them too, also that of the piece above
/// (`Piece.above`). The depthwise results lie over the spread rows that are not read any more, whose lines are still near,
/// and a strip needs half the memory.
///
/// It pays where a wide map is larger than the caches: MobileNetV2's first blocks.
struct BottleneckLayer: Layer {
  let spread: any Layer
  let depthwise: DepthwiseLayer
  let project: PointwiseLayer
  private let walk: StripWalk

  /// - Parameter stripFloats: of a strip's spread rows, as far as two rows of results allow.
  /// - Precondition: each layer's output is the next one's input, rows included, and the depthwise one's fits over its
  ///   input (`MapSize.fits`).
  init(spread: any Layer, depthwise: DepthwiseLayer, project: PointwiseLayer, stripFloats: Int) {
    let (wide, narrow) = (depthwise.input, depthwise.output)
    precondition(spread.output == wide && narrow == project.input, "The layers do not chain.")
    precondition(narrow.fits(over: wide), "The results have no room.")
    (self.spread, self.depthwise, self.project) = (spread, depthwise, project)
    let row = wide.panels * wide.elements.panelFloats * wide.width * depthwise.window.rowStride
    walk = StripWalk(
      window: depthwise.window, height: wide.height, most: min(max(stripFloats / row, 2), narrow.height))
  }

  var input: MapSize { spread.input }
  var output: MapSize { project.output }
  var kind: StepDescription.Kind { .bottleneck }
  var cut: Cut { .rows(multiple: 1) }
  var scratch: Int { stripFloats + max(spread.scratch, project.scratch) }

  /// Floats of a panel of a pixel of both wide maps.
  private var panelFloats: Int { depthwise.input.elements.panelFloats }
  /// Pixels from a strip's first result to its first spread pixel: where a result lies, nothing is read any more, even if a
  /// kernel makes two rows at a time and loads a column at the edge that counts for nothing.
  private var lead: Int { (depthwise.window.top + 1) * depthwise.input.width + depthwise.window.left + 1 }
  /// Floats from a panel of a strip to the next.
  private var panelStride: Int { (lead + walk.wideRows * depthwise.input.width) * panelFloats }
  private var stripFloats: Int { depthwise.input.panels * panelStride }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let panels = 0..<depthwise.input.panels
    let narrowMap = unsafe FeatureMap(scratch, pixelStride: panelFloats, panelStride: panelStride)
    var wideMap = narrowMap
    unsafe wideMap.base += lead * panelFloats
    let rest = unsafe scratch + stripFloats
    walk.forEach(of: piece.rows, below: piece.above) { part in
      let (rows, wideRows) = (part.rows, part.wideRows)
      unsafe move(part.kept, from: part.keptFrom, of: wideMap)
      let wide = unsafe Strip(map: wideMap, firstRow: wideRows.lowerBound)
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
  private func move(_ count: Int, from first: Int, of map: FeatureMap) {
    guard first > 0 else { return }
    let row = depthwise.input.width * panelFloats
    for panel in 0..<depthwise.input.panels {
      let start = unsafe map.base + panel * map.panelStride
      unsafe start.update(from: start + first * row, count: count * row)
    }
  }
}

extension MapSize {
  /// Whether a map that is made of `wide` row by row can lie over it.
  func fits(over wide: MapSize) -> Bool { width <= wide.width && height <= wide.height }
}
