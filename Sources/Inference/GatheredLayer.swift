internal import KernelCalls
internal import Kernels
internal import Model

/// A k×k convolution over many channels: windows are copied side by side and multiplied, a slice of their depth at a time.
///
/// All pixels of a strip pass over a slice before the next one comes. So its windows and the weights of a block of outputs
/// stay in the second-level cache, and the weights, which are what such a layer has most of, come from memory once a strip.
struct GatheredLayer: Layer {
  let input: MapSize
  let output: MapSize
  private let weights: PackedWeights
  private let clamp: Clamp
  private let window: KernelWindow
  private let gather: @Sendable (borrowing Gather) -> Void
  private let products: Products
  /// Panels of the windows that are multiplied together, in order.
  private let slices: [Range<Int>]
  /// Floats of a strip's windows, which come before the memory that products need.
  private let windowFloats: Int
  let scratch: Int

  /// Output pixels of a strip, at most: one strip of each map from 20×20 down.
  private static let mostPixels = 400
  /// Floats of windows that stay in the second-level cache while all output channels pass over them.
  private static let sliceFloats = 128_000
  /// Panels of a slice, at most: its weights for a block of outputs have to stay there too.
  private static let mostSlicePanels = 64

  /// Packs the weights of `convolution` for maps of these sizes.
  init(_ convolution: Convolution, input: MapSize, output: MapSize, kernels: KernelSet, products: Products) {
    (self.input, self.output) = (input, output)
    weights = products.pack(convolution, gathered: true)
    clamp = Clamp(convolution.activation)
    window = KernelWindow(convolution.window, of: convolution.weights.shape)
    (gather, self.products) = (kernels.gather, products)
    let most = Self.sliceFloats / min(output.pixels, Self.mostPixels) / panelWidth
    slices = Self.slices(window, input: input, output: output, most: max(1, min(most, Self.mostSlicePanels)))
    let (pixels, channels) = (min(output.pixels, Self.mostPixels), (slices.map(\.count).max() ?? 0) * panelWidth)
    windowFloats = pixels * channels
    scratch = windowFloats + products.scratch(pixels: pixels, channels: channels)
  }

  var kind: StepDescription.Kind { .gathered }

  /// A thread copies all windows, or reads all weights: whatever is less.
  var cut: Cut {
    guard 2 * output.channels > output.pixels else { return .rows(multiple: 1) }
    // Each piece copies its windows anew: a few wide ones, of whole blocks of two panels.
    return .panels(multiple: 2 * ((output.panels + 11) / 12))
  }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let (first, count) = (piece.rows.lowerBound * output.width, piece.rows.count * output.width)
    let strips = (count + Self.mostPixels - 1) / Self.mostPixels
    for strip in 0..<strips {
      let pixels = first + strip * count / strips..<first + (strip + 1) * count / strips
      let windows = unsafe FeatureMap(panels: scratch, pixels: pixels.count)
      let results = unsafe target.from(pixel: pixels.lowerBound, width: output.width)
      let residual = unsafe second?.from(pixel: pixels.lowerBound, width: output.width)
      for index in slices.indices {
        let (slice, isFirst, isLast) = (slices[index], index == 0, index == slices.count - 1)
        var copy = unsafe Gather(
          input: source.map, inputWidth: input.width, inputHeight: input.height, inputPanels: input.panels,
          target: windows, outputWidth: output.width, pixels: pixels, window: window)
        unsafe (copy.firstInputRow, copy.windowPanels) = (source.firstRow, slice)
        gather(copy)
        // What is added may lie where the sums are going to: it has to be read before they are written.
        var product = unsafe Product(
          input: windows, output: results, residual: isFirst ? residual : nil, weights: weights.weights,
          pairedPanel: weights.pairedPanel, bias: weights.bias, pixels: 0..<pixels.count, panels: piece.panels,
          depth: slice.count * panelWidth, clamp: isLast ? clamp : .none)
        (product.weightDepth, product.weightStart) = (weights.depth, slice.lowerBound * panelWidth)
        product.accumulates = !isFirst
        unsafe products.compute(product, scratch: scratch + windowFloats)
      }
    }
  }

  /// Returns the panels of the windows, in slices of at most `most`, but for taps that no output pixel has in the map: of
  /// a 3×3 window over a single pixel that is all but one.
  private static func slices(_ window: KernelWindow, input: MapSize, output: MapSize, most: Int) -> [Range<Int>] {
    func reaches(_ tap: Int, distance: Int, before: Int, step: Int, count: Int, size: Int) -> Bool {
      (0..<count).contains { (0..<size).contains($0 * step - before + tap * distance) }
    }
    let rows = (0..<window.height).map {
      reaches(
        $0, distance: window.rowDilation, before: window.top, step: window.rowStride, count: output.height,
        size: input.height)
    }
    let columns = (0..<window.width).map {
      reaches(
        $0, distance: window.columnDilation, before: window.left, step: window.columnStride, count: output.width,
        size: input.width)
    }
    var runs: [Range<Int>] = []
    for tap in 0..<window.taps where rows[tap / window.width] && columns[tap % window.width] {
      let panels = tap * input.panels..<(tap + 1) * input.panels
      if let last = runs.last, last.upperBound == panels.lowerBound {
        runs[runs.count - 1] = last.lowerBound..<panels.upperBound
      } else {
        runs.append(panels)
      }
    }
    // The biases have to be written even where every window is all zeros.
    if runs.isEmpty { runs = [0..<1] }
    return runs.flatMap { run in
      let parts = (run.count + most - 1) / most
      return (0..<parts).map {
        run.lowerBound + $0 * run.count / parts..<run.lowerBound + ($0 + 1) * run.count / parts
      }
    }
  }
}
