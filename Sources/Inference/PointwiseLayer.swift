internal import KernelCalls
internal import Kernels
internal import Model

/// A 1×1 convolution: the product of the map's pixels and a matrix.
struct PointwiseLayer: Layer {
  let input: MapSize
  let output: MapSize
  let weights: PackedWeights
  let clamp: Clamp
  private let products: Products

  /// Packs the weights of `convolution`.
  ///
  /// - Parameters:
  ///   - size: the input's; its `column`, unless the layer is to be chained with one that counts in rows.
  ///   - elements: what the output holds.
  init(_ convolution: Convolution, over size: MapSize, to elements: MapSize.Elements, products: Products) {
    input = size
    output = MapSize(width: size.width, height: size.height, channels: convolution.outputs, elements: elements)
    weights = products.pack(convolution, gathered: false)
    clamp = Clamp(convolution.activation)
    self.products = products
  }

  var kind: StepDescription.Kind { .pointwise }

  /// By pixels, as the layers around it, so that a thread finds most of its input in its own cache; a map of a few tiles
  /// only by outputs, so that each thread reads a part of the weights. A few tiles share the weights that a piece reads.
  var cut: Cut {
    input.pixels < 56
      ? .panels(multiple: 2)
      : .blocks(least: max(14 / input.width, 1), enough: max(80 / input.width, 1), panels: output.panels)
  }

  var scratch: Int { readsPairs ? 0 : products.scratch(pixels: input.pixels, channels: input.channels) }

  /// Whether the input lies as products of halves want it.
  private var readsPairs: Bool { input.elements == .halves(inPairs: true) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let product = unsafe call(piece, from: source, adding: second, to: target)
    if readsPairs { products.computeOfPairs(product) } else { unsafe products.compute(product, scratch: scratch) }
  }

  /// Returns what the kernel is told for `piece`.
  private func call(_ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip) -> Product {
    let row = piece.rows.lowerBound
    var product = unsafe Product(
      input: source.from(row: row, width: input.width), output: target.from(row: row, width: input.width),
      residual: second?.from(row: row, width: input.width), weights: weights.weights,
      pairedPanel: weights.pairedPanel, bias: weights.bias,
      pixels: 0..<piece.rows.count * input.width, panels: piece.panels, depth: input.channels, clamp: clamp)
    product.roundsResults = output.elements != .floats
    return product
  }
}

extension Convolution {
  /// The number of output channels.
  var outputs: Int { weights.shape.extents[3] }
}

extension Clamp {
  /// What the kernels do at the end of a sum for `activation`.
  init(_ activation: Activation) {
    switch activation {
    case .none: self = .none
    case .relu: self = .relu
    case .relu6: self = .relu6
    case .hardSwish: self = .hardSwish
    }
  }
}
