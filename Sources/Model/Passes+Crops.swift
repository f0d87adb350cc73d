extension Graph {
  /// Returns the graph with each first row or column that is computed and cut off not computed: SAME's padding, which
  /// formats that have no such word imitate by padding more and cutting.
  func foldingCrops() -> Graph {
    merging { earlier, later in
      guard case .map(.crop(let crop)) = later.operation, crop.channel == 0,
        let output = earlier.operation.channelCount, crop.channels == output
      else { return nil }
      let map = shape(of: earlier.inputs[0])
      switch earlier.operation {
      case .convolution(var convolution) where earlier.inputs.count == 1:
        guard let window = convolution.window.cropped(crop, convolution.weights.shape, over: map) else { return nil }
        convolution.window = window
        return .convolution(convolution)
      case .depthwise(var convolution):
        guard let window = convolution.window.cropped(crop, convolution.weights.shape, over: map) else { return nil }
        convolution.window = window
        return .depthwise(convolution)
      default: return nil
      }
    }
  }
}

extension Operator {
  /// The channels that a convolution gives; nil of all else.
  fileprivate var channelCount: Int? {
    switch self {
    case .convolution(let convolution): convolution.weights.shape.extents[3]
    case .depthwise(let convolution): convolution.weights.shape.extents[2]
    default: nil
    }
  }
}

extension Window {
  /// Returns the window that gives only what `crop` leaves of its results over a map of shape `map`; nil where no padding
  /// says that.
  fileprivate func cropped(_ crop: Crop, _ weights: Shape, over map: Shape) -> Window? {
    guard case .explicit(let top, let left, _, _) = padding, let size = map.map else { return nil }
    /// Returns the zeros before and behind an axis.
    func zeros(_ before: Int, _ first: Int, _ count: Int, _ size: Int, _ taps: Int, _ stride: Int, _ dilation: Int)
      -> (Int, Int)?
    {
      let start = before - first * stride
      let reach = (count - 1) * stride + (taps - 1) * dilation + 1
      return start >= 0 ? (start, max(reach - size - start, 0)) : nil
    }
    guard
      let rows = zeros(
        top, crop.top, crop.size.height, size.height, weights.extents[0], stride.height, dilation.height),
      let columns = zeros(
        left, crop.left, crop.size.width, size.width, weights.extents[1], stride.width, dilation.width)
    else { return nil }
    var window = self
    window.padding = .explicit(top: rows.0, left: columns.0, bottom: rows.1, right: columns.1)
    let kernel = Extent(height: weights.extents[0], width: weights.extents[1])
    guard let placed = try? window.placed(kernel: kernel, over: Extent(height: size.height, width: size.width)),
      placed.output == crop.size
    else { return nil }
    return window
  }
}
