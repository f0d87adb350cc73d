internal import KernelCalls
internal import Kernels
internal import Model

/// A dense 3×3 convolution as three layers, by Winograd's F(2×2, 3×3): tiles of the input are transformed, multiplied in
/// 16 products of their own, and transformed back.
///
/// Each layer is shared among threads along an axis that lets nobody do another's work: panels, products, panels. What it
/// costs is weights, 16 for every 9, and rounding: the sums of a transform are a few times larger than the values. A value
/// that is infinite or none spoils its whole tile, not the windows that hold it alone.
struct WinogradLayers {
  let tiles: WinogradTiles
  let before: WinogradInputLayer
  let products: WinogradProductLayer
  let after: WinogradOutputLayer

  /// The layers of `convolution`; nil where it is no 3×3 convolution with stride 1, too small or too
  /// large to gain, or has weights whose sums a float may not hold.
  init?(_ convolution: Convolution, input: MapSize, output: MapSize, kernels: KernelSet, products: Products) {
    let window = KernelWindow(convolution.window, of: convolution.weights.shape)
    guard (window.height, window.width) == (3, 3), (window.rowStride, window.columnStride) == (1, 1),
      (window.rowDilation, window.columnDilation) == (1, 1)
    else { return nil }
    tiles = WinogradTiles(outputWidth: output.width, outputHeight: output.height, top: window.top, left: window.left)
    guard Self.gains(tiles, input, output), convolution.weights.isBelow(Self.mostWeight) else { return nil }
    before = WinogradInputLayer(input: input, tiles: tiles, transform: kernels.winogradInput)
    self.products = WinogradProductLayer(
      convolution, products.packWinograd(convolution), tiles: tiles, kernels: kernels)
    after = WinogradOutputLayer(
      output: output, tiles: tiles, clamp: Clamp(convolution.activation), transform: kernels.winogradOutput)
  }

  /// Whether the products of these tiles are less work than those of the pixels, transforms included (measured).
  private static func gains(_ tiles: WinogradTiles, _ input: MapSize, _ output: MapSize) -> Bool {
    guard min(input.channels, output.pixels) >= 64 else { return false }
    return 16 * tiles.count * (padded(input.channels) + padded(output.channels)) <= mostFloats
  }

  /// Floats of transformed tiles, at most: beyond it they come and go through memory.
  private static let mostFloats = 4_000_000
  /// Sums of a few such weights, times numbers of everyday size, are far from what a float can hold.
  private static let mostWeight: Float = 1e18
}

/// Transforms tiles of a map for Winograd's products.
struct WinogradInputLayer: Layer {
  let input: MapSize
  let tiles: WinogradTiles
  let transform: @Sendable (borrowing WinogradInput) -> Void

  var output: MapSize { tiles.values(channels: input.channels) }
  var kind: StepDescription.Kind { .tiles }
  var cut: Cut { .panels(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    unsafe transform(
      WinogradInput(
        input: source.map, inputWidth: input.width, inputHeight: input.height, tiles: tiles, output: target.map,
        panels: piece.panels))
  }
}

/// Winograd's products: a row of the maps is one of the 16 values of all tiles, and has a matrix of its own.
struct WinogradProductLayer: Layer {
  let input: MapSize
  let output: MapSize
  private let weights: PackedWeights
  /// The start of all sums but those of the value that every output pixel takes once: these start with the bias.
  private let zeros: FloatBlock
  private let multiply: @Sendable (borrowing Product) -> Void
  private static let biasedRow = 5

  init(_ convolution: Convolution, _ weights: PackedWeights, tiles: WinogradTiles, kernels: KernelSet) {
    input = tiles.values(channels: convolution.weights.shape.extents[2])
    output = tiles.values(channels: convolution.outputs)
    self.weights = weights
    zeros = FloatBlock(count: padded(convolution.outputs))
    multiply = kernels.multiply
  }

  var kind: StepDescription.Kind { .winograd }
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    for row in piece.rows {
      unsafe multiply(
        Product(
          input: source.from(row: row, width: input.width), output: target.from(row: row, width: input.width),
          weights: weights.weights + row * input.channels * padded(output.channels),
          bias: row == Self.biasedRow ? weights.bias : UnsafePointer(zeros.base), pixels: 0..<input.width,
          panels: piece.panels, depth: input.channels, clamp: .none))
    }
  }
}

/// Makes a map of Winograd's products.
struct WinogradOutputLayer: Layer {
  let output: MapSize
  let tiles: WinogradTiles
  let clamp: Clamp
  let transform: @Sendable (borrowing WinogradOutput) -> Void

  var input: MapSize { tiles.values(channels: output.channels) }
  var kind: StepDescription.Kind { .untile }
  var cut: Cut { .panels(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    unsafe transform(
      WinogradOutput(
        input: source.map, tiles: tiles, output: target.map, outputWidth: output.width, outputHeight: output.height,
        residual: second?.map, panels: piece.panels, clamp: clamp))
  }
}

extension WinogradTiles {
  /// The size of the map of the tiles' values.
  fileprivate func values(channels: Int) -> MapSize { MapSize(width: count, height: 16, channels: channels) }
}
