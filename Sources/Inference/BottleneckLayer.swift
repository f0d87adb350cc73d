internal import KernelCalls

/// Three layers in one, strip by strip: one that spreads to many channels, a depthwise one, and one that projects to
/// few. The wide maps between them never exist as a whole, only a strip of rows and a group of panels at a time.
///
/// It pays where a wide map is larger than the caches: MobileNetV2's first blocks.
struct BottleneckLayer: Layer {
  /// The first layer, whose panels can be computed one group after the other.
  let spread: any Layer
  let depthwise: DepthwiseLayer
  let project: PointwiseLayer
  /// Output rows computed at a time, at most.
  private let stripRows: Int
  /// Panels of the wide maps computed at a time; even, because a group starts at a whole block of weights.
  private let groupPanels = 2
  /// Floats of a strip's spread rows that stay in the second-level cache (measured: 48,000 to 96,000).
  private static let stripFloats = 48_000

  /// - Precondition: each layer's output is the next one's input, rows included.
  init(spread: any Layer, depthwise: DepthwiseLayer, project: PointwiseLayer) {
    precondition(spread.output == depthwise.input && depthwise.output == project.input, "The layers do not chain.")
    (self.spread, self.depthwise, self.project) = (spread, depthwise, project)
    let row = min(groupPanels, depthwise.input.panels) * panelWidth * depthwise.input.width
    stripRows = max(2, min(Self.stripFloats / row, depthwise.output.height))
  }

  var input: MapSize { spread.input }
  var output: MapSize { project.output }
  var kind: StepDescription.Kind { .bottleneck }
  var cut: Cut { .rows(multiple: 1) }
  var scratch: Int { spreadFloats + groupPanels * panelWidth * stripRows * depthwise.output.width + layersScratch }

  /// Floats of scratch that the layers themselves need, one after the other.
  private var layersScratch: Int { max(spread.scratch, project.scratch) }

  /// Floats of scratch for a strip of the spread map.
  private var spreadFloats: Int {
    let most = min(depthwise.input.height, depthwise.window.mostInputRows(for: stripRows))
    return groupPanels * panelWidth * most * depthwise.input.width
  }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let count = piece.rows.count
    let strips = (count + stripRows - 1) / stripRows
    for strip in 0..<strips {
      let start = piece.rows.lowerBound
      let rows = start + strip * count / strips..<start + (strip + 1) * count / strips
      unsafe computeStrip(rows, piece.panels, from: source, adding: second, to: target, scratch: scratch)
    }
  }

  /// Computes output rows `rows`, the wide maps group by group.
  @unsafe
  private func computeStrip(
    _ rows: Range<Int>, _ panels: Range<Int>, from source: Strip, adding second: Strip?, to target: Strip,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let spreadRows = depthwise.window.inputRows(for: rows, height: depthwise.input.height)
    let wide = spreadRows.count * depthwise.input.width * panelWidth
    let narrow = rows.count * depthwise.output.width * panelWidth
    let end = depthwise.input.panels
    for first in stride(from: 0, to: end, by: groupPanels) {
      let group = first..<min(first + groupPanels, end)
      // Both maps are addressed by their panels' true numbers, of which only the group's exist.
      let spreadMap = unsafe FeatureMap(scratch - first * wide, pixelStride: panelWidth, panelStride: wide)
      let middle = unsafe scratch + spreadFloats
      let middleMap = unsafe FeatureMap(middle - first * narrow, pixelStride: panelWidth, panelStride: narrow)
      let spreadStrip = unsafe Strip(map: spreadMap, firstRow: spreadRows.lowerBound)
      let middleStrip = unsafe Strip(map: middleMap, firstRow: rows.lowerBound)
      let rest = unsafe middle + groupPanels * panelWidth * stripRows * depthwise.output.width
      unsafe spread.compute(
        Piece(rows: spreadRows, panels: group), from: source, adding: nil, to: spreadStrip, scratch: rest)
      unsafe depthwise.compute(
        Piece(rows: rows, panels: group), from: spreadStrip, adding: nil, to: middleStrip, scratch: rest)
      unsafe project.accumulate(
        Piece(rows: rows, panels: panels), fromPanels: group, of: middleStrip, adding: second, to: target,
        scratch: rest)
    }
  }
}
