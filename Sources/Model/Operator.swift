/// What one node of a graph computes.
///
/// Closed on purpose: a new case does not compile until its shape rule, its lowering and its reference exist.
public enum Operator: Sendable {
  /// Sums over a window and all input channels.
  case convolution(Convolution)
  /// Sums over a window, each channel for itself.
  case depthwise(DepthwiseConvolution)
  /// Per channel `x · scale + offset`: a batch norm that is not folded into a convolution.
  case affine(scale: Constant, offset: Constant)
  /// `activation(x)`, value by value.
  case activation(Activation)
  /// `activation(left + right)`, value by value.
  case add(Activation)
  /// The same values under another shape.
  case reshape(Shape)
  /// The inputs one behind the other along an axis.
  case concatenation(axis: Int)
}

/// A nonlinear function of one value.
public enum Activation: Sendable, Equatable {
  case none
  /// max(x, 0)
  case relu
  /// min(max(x, 0), 6)
  case relu6
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

/// How a window moves over a map.
public struct Window: Sendable, Equatable {
  /// Rows and columns from one output to the next, at least 1.
  public var stride: Extent
  /// Rows and columns from one tap to the next, at least 1.
  public var dilation: Extent
  public var padding: Padding

  public init(stride: Extent, dilation: Extent = Extent(height: 1, width: 1), padding: Padding) {
    (self.stride, self.dilation, self.padding) = (stride, dilation, padding)
  }
}

/// A number of rows and a number of columns.
public struct Extent: Sendable, Equatable {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
}

/// The zeros around a map.
public enum Padding: Sendable, Equatable {
  /// TensorFlow's SAME: as many outputs as inputs divided by the stride, rounded up; the larger half of the zeros
  /// stands below and right. It depends on the map's size, so it is resolved by the shape rule.
  case same
  /// None (TensorFlow's VALID) or a fixed number on each side.
  case explicit(top: Int, left: Int, bottom: Int, right: Int)
}
