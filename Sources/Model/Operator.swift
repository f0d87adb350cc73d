/// What one node of a graph computes.
///
/// Closed on purpose: a new case does not compile until its shape rule and its lowering exist, nor do the tests until its
/// formula does (`PlainRun`).
public enum Operator: Sendable {
  /// Sums over a window and all input channels; a second input of the output's shape is added before the activation.
  case convolution(Convolution)
  /// Sums over a window, each channel for itself.
  case depthwise(DepthwiseConvolution)
  /// Per channel (the last axis) `x · scale + offset`: one batch norm that is not folded into a convolution.
  case affine(scale: Constant, offset: Constant)
  /// `activation(x)`, value by value.
  case activation(Activation)
  /// The nearest value of a grid, value by value: what quantisation-aware training computes.
  case fakeQuantization(FakeQuantization)
  /// `activation(left + right)`, value by value; both inputs have one shape.
  case add(Activation)
  /// The mean of each channel over all pixels: a map of one pixel.
  case mean
  /// `x · gate · factor`: each channel by a number of its own, which the second input [1, 1, 1, channels] gives.
  case gate(factor: Float)
  /// A map of another size.
  case resize(Resize)
  /// The same values, in the same order, under another shape.
  case reshape(Shape)
  /// One or more inputs one behind the other along an axis, counted from 0.
  case concatenation(axis: Int)
  /// What needs no multiply-adds.
  case map(MapOperator)
  /// What networks of whole numbers of 8 bits compute.
  case integer(IntegerOperator)
}

extension Operator {
  /// Its weights, in no order.
  package var constants: [Constant] {
    switch self {
    case .convolution(let convolution): [convolution.weights] + (convolution.bias.map { [$0] } ?? [])
    case .depthwise(let convolution): [convolution.weights] + (convolution.bias.map { [$0] } ?? [])
    case .affine(let scale, let offset): [scale, offset]
    case .fakeQuantization(let quantization): quantization.affine.map { [$0.scale, $0.offset] } ?? []
    case .map(let operation): operation.constants
    case .activation, .add, .mean, .gate, .resize, .reshape, .concatenation, .integer: []
    }
  }
}

extension Operator {
  /// Each channel times a number of its own.
  package static func scaling(by scale: Constant) -> Operator {
    .affine(scale: scale, offset: Constant(repeating: 0, count: scale.count))
  }

  /// Each channel and a number of its own.
  package static func shifting(by offset: Constant) -> Operator {
    .affine(scale: Constant(repeating: 1, count: offset.count), offset: offset)
  }

  /// `(x − mean) / √(variance + epsilon) · scale + offset` of each channel: a batch norm as it is after training. Its scale
  /// and offset are computed in double, and rounded once.
  ///
  /// - Precondition: all four are as many.
  package static func batchNorm(
    scale: [Float], offset: [Float], mean: [Float], variance: [Float], epsilon: Double
  ) -> Operator {
    let factors = zip(scale, variance).map { Double($0) / (Double($1) + epsilon).squareRoot() }
    let offsets = factors.indices.map { Float(Double(offset[$0]) - Double(mean[$0]) * factors[$0]) }
    return .affine(scale: Constant(list: factors.map { Float($0) }), offset: Constant(list: offsets))
  }
}

/// A nonlinear function of one value.
public enum Activation: Sendable, Equatable {
  case none
  /// max(x, 0)
  case relu
  /// min(max(x, 0), 6)
  case relu6
  /// x · min(max(x + 3, 0), 6) / 6 (arXiv:1905.02244, section 5.2)
  case hardSwish
}

/// Rounding to the values of a grid, with what stands between a convolution and it.
public struct FakeQuantization: Sendable {
  /// Per channel, `x · scale + offset` comes first; nil is `x`.
  public var affine: (scale: Constant, offset: Constant)?
  /// Comes between `affine` and the rounding.
  public var activation: Activation
  public var grid: QuantizationGrid

  public init(
    affine: (scale: Constant, offset: Constant)? = nil, activation: Activation = .none, grid: QuantizationGrid
  ) {
    (self.affine, self.activation, self.grid) = (affine, activation, grid)
  }
}

/// A convolution over all input channels; 1×1 ones are products of matrices.
public struct Convolution: Sendable {
  /// [kernel height, kernel width, input channels, output channels].
  public var weights: Constant
  /// [output channels]; nil is zero.
  public var bias: Constant?
  public var window: Window
  public var activation: Activation

  public init(weights: Constant, bias: Constant? = nil, window: Window, activation: Activation = .none) {
    (self.weights, self.bias, self.window, self.activation) = (weights, bias, window, activation)
  }
}

/// A convolution of each channel for itself.
public struct DepthwiseConvolution: Sendable {
  /// [kernel height, kernel width, channels].
  public var weights: Constant
  /// [channels]; nil is zero.
  public var bias: Constant?
  public var window: Window
  public var activation: Activation

  public init(weights: Constant, bias: Constant? = nil, window: Window, activation: Activation = .none) {
    (self.weights, self.bias, self.window, self.activation) = (weights, bias, window, activation)
  }
}

extension Convolution {
  /// Rows and columns of its weights, which are four extents.
  package var kernel: Extent { Extent(height: weights.shape.extents[0], width: weights.shape.extents[1]) }
}

extension DepthwiseConvolution {
  /// Rows and columns of its weights, which are three extents.
  package var kernel: Extent { Extent(height: weights.shape.extents[0], width: weights.shape.extents[1]) }
}
