/// How a picture becomes the network's input.
public struct InputContract: Sendable, Equatable {
  /// Size of the network's input, in pixels.
  public var width: Int
  public var height: Int
  public var channelOrder: ChannelOrder
  public var resize: ResizeRule
  public var normalization: Normalization

  public init(
    width: Int, height: Int, channelOrder: ChannelOrder, resize: ResizeRule, normalization: Normalization
  ) {
    (self.width, self.height, self.channelOrder) = (width, height, channelOrder)
    (self.resize, self.normalization) = (resize, normalization)
  }
}

/// The order of a pixel's three channels; the raw value is its name on the command line and in JSON.
public enum ChannelOrder: String, Sendable, CaseIterable { case rgb, bgr }

/// The arithmetic of a resize, bit for bit; the picture is stretched on each axis for itself.
///
/// The raw value is its name on the command line and in JSON.
public enum ResizeRule: String, Sendable, CaseIterable {
  /// TensorFlow's ResizeBilinear with `align_corners` and `half_pixel_centers` false: source = destination · in/out.
  case tensorFlowLegacy = "tensorflow_legacy"
  /// Bilinear between the centres of pixels, two on each axis also where the picture shrinks: source =
  /// (destination + ½) · in/out − ½, at least 0. torch's `interpolate` and ONNX's Resize, but for the last bit.
  case halfPixelCenters = "half_pixel_centers"
  /// OpenCV's `resize` of bytes with INTER_LINEAR: half-pixel centres, weights of 11 bits, the result rounded to bytes.
  case openCV = "opencv"
  /// Pillow's `resize` of bytes with BILINEAR, which weighs all samples of a picture that shrinks: what many programs for
  /// TensorFlow Lite do.
  case pillow
}

/// `x · scale + offset` in float32, the product rounded before the sum.
public struct Normalization: Sendable, Equatable {
  public var scale: Float
  public var offset: Float
  /// Whether it happens before the resize or after it.
  public var order: Order
  /// What each channel has of its own, in the order in which the network reads them, in place of `scale` and `offset`;
  /// nil where all are treated alike.
  public var channels: [ChannelNormalization]?

  /// Whether pixels or their resized values are normalised.
  public enum Order: Sendable { case beforeResize, afterResize }

  public init(scale: Float, offset: Float, order: Order) {
    (self.scale, self.offset, self.order) = (scale, offset, order)
  }
}

extension Normalization {
  /// Each channel's own numbers after the resize, in the order in which the network reads them.
  public init(channels: [ChannelNormalization]) {
    self.init(scale: 1, offset: 0, order: .afterResize)
    self.channels = channels
  }

  /// What becomes of each of three channels.
  public var ofChannels: [ChannelNormalization] {
    channels ?? Array(repeating: ChannelNormalization(mean: 0, scale: scale, offset: offset), count: 3)
  }
}

/// `(x − mean) · scale + offset` of one channel, in float32, each operation rounded.
public struct ChannelNormalization: Sendable, Equatable {
  public var mean: Float
  public var scale: Float
  public var offset: Float

  public init(mean: Float, scale: Float, offset: Float = 0) {
    (self.mean, self.scale, self.offset) = (mean, scale, offset)
  }

  /// Returns the normalised `value`.
  public func callAsFunction(_ value: Float) -> Float {
    let product: Float = (value - mean) * scale
    return product + offset
  }
}
