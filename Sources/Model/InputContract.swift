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

/// The order of a pixel's three channels.
public enum ChannelOrder: Sendable { case rgb, bgr }

/// The arithmetic of a resize, bit for bit; the picture is stretched on each axis for itself.
public enum ResizeRule: Sendable {
  /// TensorFlow's ResizeBilinear with `align_corners` and `half_pixel_centers` false: source = destination · in/out.
  case tensorFlowLegacy
  /// Bilinear between the centres of pixels, two on each axis also where the picture shrinks: source =
  /// (destination + ½) · in/out − ½, at least 0. torch's `interpolate` and ONNX's Resize, but for the last bit.
  case halfPixelCenters
}

/// `x · scale + offset` in float32, the product rounded before the sum.
public struct Normalization: Sendable, Equatable {
  public var scale: Float
  public var offset: Float
  /// Whether it happens before the resize or after it.
  public var order: Order

  /// Whether pixels or their resized values are normalised.
  public enum Order: Sendable { case beforeResize, afterResize }

  public init(scale: Float, offset: Float, order: Order) {
    (self.scale, self.offset, self.order) = (scale, offset, order)
  }
}
