internal import KernelCalls
internal import Kernels
internal import Model

/// Three layers of bytes in one, strip by strip: one that spreads to many channels, a depthwise one, and one that projects
/// to few. The wide maps between them never exist as a whole, only some rows at a time, which stay in the second-level
/// cache.
struct ByteBottleneckLayer: ByteLayer {
  private let spread: ByteConvolutionLayer
  private let depthwise: ByteDepthwiseLayer
  private let project: ByteConvolutionLayer
  let output: MapSize
  private let walk: StripWalk

  /// Bytes of a strip's spread rows.
  private static let stripBytes = 1 << 18
  /// Bytes behind each strip that kernels may read, for they read 16 at a time.
  private static let slack = 16

  /// - Precondition: each layer's output is the next one's input; `project` reads pixels.
  init(spread: ByteConvolutionLayer, depthwise: ByteDepthwiseLayer, project: ByteConvolutionLayer) {
    let (wide, narrow) = (depthwise.input, depthwise.output)
    precondition(spread.output.elementCount == wide.elementCount, "The layers do not chain.")
    precondition(project.input == narrow.column, "The layers do not chain.")
    (self.spread, self.depthwise, self.project) = (spread, depthwise, project)
    output = MapSize(width: narrow.width, height: narrow.height, channels: project.output.channels)
    let row = wide.width * wide.channels
    let most = min(max(Self.stripBytes / (row * depthwise.window.rowStride), 2), narrow.height)
    walk = StripWalk(window: depthwise.window, height: wide.height, most: most)
  }

  var input: MapSize { spread.input }
  var kind: StepDescription.Kind { .bottleneck }
  var cut: Cut { .rows(multiple: 1) }
  var scratch: Int { wideFloats + narrowFloats + max(spread.scratch, project.scratch) }

  /// Floats of scratch for the rows of a strip of either map.
  private var wideFloats: Int { floats(walk.wideRows, depthwise.input) }
  private var narrowFloats: Int { floats(walk.most, depthwise.output) }

  private func floats(_ rows: Int, _ map: MapSize) -> Int {
    wholeLines((rows * map.width * map.channels + Self.slack + 3) / 4)
  }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let (wide, narrow) = (depthwise.input, depthwise.output)
    let middle = unsafe scratch + wideFloats * 4
    let rest = unsafe middle + narrowFloats * 4
    let rowBytes = wide.width * wide.channels
    walk.forEach(of: piece.rows, below: piece.above) { part in
      if part.keptFrom > 0 {
        unsafe scratch.copyMemory(from: scratch + part.keptFrom * rowBytes, byteCount: part.kept * rowBytes)
      }
      // Layers find rows by their true numbers, of which only the strip's exist.
      let wideMap = unsafe scratch - part.wideRows.lowerBound * rowBytes
      let narrowMap = unsafe middle - part.rows.lowerBound * narrow.width * narrow.channels
      unsafe spread.compute(spread.piece(part.missing, of: wide), from: source, nil, to: wideMap, scratch: rest)
      unsafe depthwise.compute(
        Piece(rows: part.rows, panels: 0..<narrow.panels), from: wideMap, nil, to: narrowMap, scratch: rest)
      unsafe project.compute(project.piece(part.rows, of: output), from: narrowMap, nil, to: target, scratch: rest)
    }
  }
}
