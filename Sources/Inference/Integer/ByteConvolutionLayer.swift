internal import KernelCalls
internal import Kernels
internal import Model

/// A convolution of bytes over all channels: products of its input's pixels, or of windows copied side by side.
struct ByteConvolutionLayer: ByteLayer {
  let input: MapSize
  let output: MapSize
  private let weights: PackedBytes
  private let window: KernelWindow
  /// What lies outside of the map.
  private let zero: UInt8
  /// Whether each pixel of the output reads the one pixel at its place.
  private let isPointwise: Bool
  private let multiply: @Sendable (borrowing ByteProduct) -> Void

  /// Bytes of windows, or of pixels, that all output channels pass over before the next ones come: within the second-level
  /// cache with the weights beside them.
  private static let stripBytes = 1 << 18

  /// Packs the weights of `convolution` for maps of these sizes.
  init(_ convolution: IntegerConvolution, input: MapSize, output: MapSize, kernels: IntegerKernels) {
    let extents = convolution.shape.extents
    window = KernelWindow(convolution.window, of: Shape(Array(extents[1...])))
    isPointwise = convolution.isPointwise
    // Pixels are independent: a map of one column is cut anywhere.
    (self.input, self.output) = isPointwise ? (input.column, output.column) : (input, output)
    weights = PackedBytes(convolution)
    zero = UInt8(truncatingIfNeeded: convolution.inputZero + 128)
    multiply = kernels.multiply
  }

  var kind: StepDescription.Kind { isPointwise ? .pointwise : .gathered }

  /// By pixels and outputs. Where windows are copied or inputs summed, a thread reads all weights, or all pixels: whatever
  /// is less.
  var cut: Cut {
    if isPointwise, weights.weightZero == 0 {
      // Its map is one column: rows are pixels.
      return .blocks(least: 24, enough: 80, panels: 2)
    }
    if output.channels > output.pixels { return .panels(multiple: 2 * ((output.panels + 15) / 16)) }
    return .rows(multiple: max(16 / output.width, 1))
  }

  /// Returns the piece of all channels of some rows of `map`, which is the output as it is seen by others.
  func piece(_ rows: Range<Int>, of map: MapSize) -> Piece {
    let scale = isPointwise ? map.width : 1
    return Piece(rows: rows.lowerBound * scale..<rows.upperBound * scale, panels: 0..<output.panels)
  }

  /// Bytes of a window or pixel, those that make it whole groups of four included.
  private var depth: Int { window.taps * input.channels }
  private var windowStride: Int { (depth + 3) / 4 * 4 }

  /// The most pixels of a strip.
  private var stripPixels: Int {
    min(max(Self.stripBytes / windowStride, 16), output.pixels)
  }

  /// Sums of a tile, then of the pixels of a strip, then its windows.
  var scratch: Int {
    ByteProduct.sumsCount + wholeLines(stripPixels) + (isPointwise ? 0 : stripPixels * windowStride / 4 + 16)
  }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let (first, count) = (piece.rows.lowerBound * output.width, piece.rows.count * output.width)
    let strips = (count + stripPixels - 1) / stripPixels
    let sums = unsafe scratch.assumingMemoryBound(to: Int32.self)
    let pixelSums = unsafe sums + ByteProduct.sumsCount
    let windows = unsafe bytes(scratch + (ByteProduct.sumsCount + wholeLines(stripPixels)) * 4)
    for strip in 0..<strips {
      let pixels = first + strip * count / strips..<first + (strip + 1) * count / strips
      var start = unsafe bytes(source) + pixels.lowerBound * input.channels
      if !isPointwise {
        unsafe ByteGather(
          input: bytes(source), inputWidth: input.width, inputHeight: input.height, channels: input.channels,
          zero: zero, target: windows, windowStride: windowStride, outputWidth: output.width, pixels: pixels,
          window: window
        ).run()
        unsafe start = windows
      }
      let stride = isPointwise ? input.channels : windowStride
      if weights.weightZero != 0 {
        unsafe sumPixels(start, stride: stride, depth: depth, pixels: 0..<pixels.count, into: pixelSums)
      }
      unsafe multiply(
        ByteProduct(
          input: start, inputStride: stride, depth: depth,
          output: bytes(target) + pixels.lowerBound * output.channels, outputStride: output.channels,
          channels: output.channels, weights: weights.weights, bias: weights.bias, weightZero: weights.weightZero,
          pixelSums: weights.weightZero == 0 ? nil : UnsafePointer(pixelSums), requantization: weights.requantization,
          pixels: 0..<pixels.count, panels: piece.panels, sums: sums))
    }
  }
}

/// A convolution of bytes, each channel for itself.
struct ByteDepthwiseLayer: ByteLayer {
  let input: MapSize
  let output: MapSize
  let window: KernelWindow
  private let weights: PackedBytes
  private let zero: Int32
  private let convolve: @Sendable (borrowing ByteDepthwise) -> Void

  /// Packs the weights of `convolution` for maps of these sizes.
  init(_ convolution: IntegerConvolution, input: MapSize, output: MapSize, kernels: IntegerKernels) {
    (self.input, self.output) = (input, output)
    weights = PackedBytes(depthwise: convolution)
    window = KernelWindow(convolution.window, of: convolution.shape)
    zero = Int32(convolution.inputZero + 128)
    convolve = kernels.convolve
  }

  var kind: StepDescription.Kind { .depthwise }
  /// By few ranges of rows: neighbouring rows share what they read, and two are computed together.
  var cut: Cut { .blocks(least: 2, enough: 18, panels: output.panels) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    unsafe convolve(
      ByteDepthwise(
        input: bytes(source), inputWidth: input.width, inputHeight: input.height, inputZero: zero,
        output: bytes(target), outputWidth: output.width, channels: input.channels, rows: piece.rows,
        weights: weights.taps, hasByteWeights: weights.hasByteWeights, bias: weights.bias, window: window,
        requantization: weights.requantization))
  }
}
