/// What an operator on maps computes that needs no multiply-adds: it has a plain step for all instruction sets, and no
/// kernel but that of the greatest value.
public enum MapOperator: Sendable {
  /// The greatest value or the mean of each channel in each window.
  case pool(Pool)
  /// A part of a map.
  case crop(Crop)
  /// The channels of two maps, the second's behind the first's.
  case join
  /// `left · right`, value by value; both inputs have one shape.
  case product
  /// `max(left, right)`, value by value; both inputs have one shape.
  case maximum
  /// At each pixel `x · scale / √(Σ x² + epsilon)`, the sum over all channels, a scale for each channel (ParseNet,
  /// arXiv:1506.04579, section 3.3).
  case unitLength(scale: Constant, epsilon: Float)
  /// At each pixel `x / (bias + alpha/size · Σ x²)^beta`, the sum over `size` channels around.
  case localResponse(LocalResponse)
  /// `eˣ / Σ eˣ`, the sum over all channels of a pixel.
  case softmax
  /// `1 / (1 + e⁻ˣ)`, value by value.
  case sigmoid
  /// The hyperbolic tangent, value by value.
  case tanh
  /// `x` where it is positive, else `x · slope`, a slope for each channel.
  case leaky(slopes: Constant)
  /// `min(max(x, lowerBound), upperBound)`, value by value; either bound may be infinite.
  case clamp(ClosedRange<Float>)
}

/// How windows over a map become one value for each channel.
public struct Pool: Sendable, Equatable {
  /// What is taken of a window.
  public enum Method: Sendable, Equatable { case maximum, mean }

  public var method: Method
  public var kernel: Extent
  public var window: Window
  /// Rows below and columns right of the padding that a last window may reach over, for sizes that are rounded up; they
  /// are part of the window's padding and never count.
  public var overhang: Extent
  /// Whether zeros of the padding count for the mean.
  public var countsPadding: Bool

  public init(
    _ method: Method, kernel: Extent, window: Window, overhang: Extent = Extent(height: 0, width: 0),
    countsPadding: Bool = false
  ) {
    (self.method, self.kernel, self.window) = (method, kernel, window)
    (self.overhang, self.countsPadding) = (overhang, countsPadding)
  }
}

/// A part of a map: so many rows, columns and channels from these on.
public struct Crop: Sendable, Equatable {
  public var top: Int
  public var left: Int
  public var channel: Int
  public var size: Extent
  public var channels: Int

  public init(top: Int = 0, left: Int = 0, channel: Int = 0, size: Extent, channels: Int) {
    (self.top, self.left, self.channel, self.size, self.channels) = (top, left, channel, size, channels)
  }
}

/// The numbers of a normalisation among neighbouring channels (Krizhevsky et al., 2012, section 3.3).
public struct LocalResponse: Sendable, Equatable {
  /// How many channels count, an odd number.
  public var size: Int
  public var alpha: Float
  public var beta: Float
  public var bias: Float

  public init(size: Int, alpha: Float, beta: Float, bias: Float) {
    (self.size, self.alpha, self.beta, self.bias) = (size, alpha, beta, bias)
  }
}

extension MapOperator {
  /// Its weights, in no order.
  var constants: [Constant] {
    switch self {
    case .unitLength(let scale, _): [scale]
    case .leaky(let slopes): [slopes]
    case .pool, .crop, .join, .product, .maximum, .localResponse, .softmax, .sigmoid, .tanh, .clamp: []
    }
  }

  /// How many maps it reads.
  private var operandCount: Int {
    switch self {
    case .join, .product, .maximum: 2
    case .pool, .crop, .unitLength, .localResponse, .softmax, .sigmoid, .tanh, .leaky, .clamp: 1
    }
  }

  /// Returns the operator with explicit padding, and what it gives for inputs of `shapes`.
  ///
  /// - Throws: `ShapeError` iff they do not fit.
  func rule(_ shapes: [Shape]) throws(ShapeError) -> (resolved: MapOperator, output: Shape) {
    guard shapes.count == operandCount else {
      throw ShapeError("\(shapes.count) inputs instead of \(operandCount)")
    }
    let map = try featureMap(shapes[0])
    switch self {
    case .pool(var pool):
      let size: Extent
      (pool.window, size) = try pool.placed(over: Extent(height: map.height, width: map.width))
      return (.pool(pool), Shape(height: size.height, width: size.width, channels: map.channels))
    case .crop(let crop):
      let fits = [
        (crop.top, crop.size.height, map.height), (crop.left, crop.size.width, map.width),
        (crop.channel, crop.channels, map.channels),
      ].allSatisfy { first, count, all in first >= 0 && first < all && count > 0 && count <= all - first }
      guard fits else { throw ShapeError("the part leaves \(shapes[0])") }
      return (self, Shape(height: crop.size.height, width: crop.size.width, channels: crop.channels))
    case .join:
      guard let other = shapes[1].map, (other.height, other.width) == (map.height, map.width) else {
        throw ShapeError("\(shapes[1]) has no pixels for the channels of \(shapes[0])")
      }
      let (channels, overflows) = map.channels.addingReportingOverflow(other.channels)
      guard !overflows else { throw ShapeError("too many channels") }
      return (self, Shape(height: map.height, width: map.width, channels: channels))
    case .product, .maximum:
      guard shapes[0] == shapes[1] else { throw ShapeError("\(shapes[0]) does not go with \(shapes[1])") }
      return (self, shapes[0])
    case .unitLength(let constant, _), .leaky(let constant):
      guard constant.shape.extents == [map.channels] else {
        throw ShapeError("numbers \(constant.shape) do not fit \(shapes[0])")
      }
      return (self, shapes[0])
    case .localResponse(let response):
      guard (1...1 << 12).contains(response.size), response.size % 2 == 1 else {
        throw ShapeError("\(response.size) channels are not so many around one")
      }
      return (self, shapes[0])
    case .softmax, .sigmoid, .tanh, .clamp: return (self, shapes[0])
    }
  }
}

extension Pool {
  /// Returns the window with explicit padding, and the size of what it gives over a map of size `map`; every window
  /// then holds a value of the map.
  ///
  /// - Throws: `ShapeError` iff one would not.
  fileprivate func placed(over map: Extent) throws(ShapeError) -> (window: Window, output: Extent) {
    let (window, size) = try window.placed(kernel: kernel, over: map)
    guard case .explicit(let top, let left, let bottom, let right) = window.padding,
      window.dilation == Extent(height: 1, width: 1)
    else { throw ShapeError("a dilated window cannot be pooled") }
    guard (0...bottom).contains(overhang.height), (0...right).contains(overhang.width) else {
      throw ShapeError("an overhang of \(overhang.height)×\(overhang.width) is not in the padding")
    }
    let last = ((size.height - 1) * window.stride.height - top, (size.width - 1) * window.stride.width - left)
    guard top < kernel.height, left < kernel.width, last.0 < map.height, last.1 < map.width else {
      throw ShapeError("a window lies in the padding alone")
    }
    return (window, size)
  }
}
