/// How a map is cut for Winograd's F(2×2, 3×3), which makes 2×2 output pixels of a 3×3 convolution with stride 1 from 16
/// products a channel, where the formula has 36 (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015).
///
/// Tile `t`, counted row by row, makes the output pixels from row `2 · (t / across)` and column `2 · (t % across)` on, and
/// reads the 4×4 input pixels under their windows. Of each tile and channel there are 16 values; value `p` of tile `t` is
/// pixel `p · count + t` of a map in channel panels.
package struct WinogradTiles: Sendable, Hashable {
  /// Tiles side by side, and one below the other.
  package let across: Int
  package let down: Int
  /// Zero rows above the input and zero columns left of it.
  package let top: Int
  package let left: Int

  /// The number of tiles.
  package var count: Int { across * down }

  /// The tiles of an output of this size.
  package init(outputWidth: Int, outputHeight: Int, top: Int, left: Int) {
    (across, down) = ((outputWidth + 1) / 2, (outputHeight + 1) / 2)
    (self.top, self.left) = (top, left)
  }
}

/// What comes before the products: `Bᵀ d B` of each tile `d` of the input, zeros outside it.
package struct WinogradInput {
  package var input: FeatureMap
  package var inputWidth: Int
  package var inputHeight: Int
  package var tiles: WinogradTiles
  /// Receives 16 values of each tile and channel.
  package var output: FeatureMap
  package var panels: Range<Int>

  /// - Precondition: both maps lie in channel panels.
  package init(
    input: FeatureMap, inputWidth: Int, inputHeight: Int, tiles: WinogradTiles, output: FeatureMap, panels: Range<Int>
  ) {
    precondition(input.pixelStride == panelWidth && output.pixelStride == panelWidth, "The maps lie in panels.")
    (self.input, self.inputWidth, self.inputHeight) = (input, inputWidth, inputHeight)
    (self.tiles, self.output, self.panels) = (tiles, output, panels)
  }
}

/// What comes after the products: `clamp(Aᵀ m A + residual)` of each tile `m` of products, as far as the output reaches.
package struct WinogradOutput {
  /// Holds 16 products of each tile and channel.
  package var input: FeatureMap
  package var tiles: WinogradTiles
  package var output: FeatureMap
  package var outputWidth: Int
  package var outputHeight: Int
  /// What is added before the clamp; it may be the output's own memory.
  package var residual: FeatureMap?
  package var panels: Range<Int>
  package var clamp: Clamp

  /// - Precondition: input and output lie in channel panels.
  package init(
    input: FeatureMap, tiles: WinogradTiles, output: FeatureMap, outputWidth: Int, outputHeight: Int,
    residual: FeatureMap? = nil, panels: Range<Int>, clamp: Clamp
  ) {
    precondition(input.pixelStride == panelWidth && output.pixelStride == panelWidth, "The maps lie in panels.")
    (self.input, self.tiles, self.output) = (input, tiles, output)
    (self.outputWidth, self.outputHeight, self.residual) = (outputWidth, outputHeight, residual)
    (self.panels, self.clamp) = (panels, clamp)
  }
}
