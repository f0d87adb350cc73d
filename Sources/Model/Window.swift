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

extension Window {
  /// At every place of a map, which has no padding.
  package static let everywhere = Window(
    stride: Extent(height: 1, width: 1), padding: .explicit(top: 0, left: 0, bottom: 0, right: 0))
}

/// A number of rows and a number of columns.
public struct Extent: Sendable, Equatable {
  public var height: Int
  public var width: Int

  /// What a side of a picture, or of what a network reads, may have.
  package static let sides = 1...1 << 14

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

extension Window {
  /// The greatest extent, stride, dilation or padding, so that no arithmetic on them leaves `Int`.
  private static let limit = 1 << 24

  /// Returns this window with explicit padding, and the size of what it gives over a map of size `map`.
  ///
  /// SAME is resolved as TensorFlow does: `ceil(n / stride)` outputs, the smaller half of the zeros above and left.
  ///
  /// - Throws: `ShapeError` iff a number is out of range or the window is larger than the padded map.
  package func placed(kernel: Extent, over map: Extent) throws(ShapeError) -> (window: Window, output: Extent) {
    let (top, bottom): (Int?, Int?)
    let (left, right): (Int?, Int?)
    switch padding {
    case .same: ((top, bottom), (left, right)) = ((nil, nil), (nil, nil))
    case .explicit(let above, let before, let below, let behind):
      ((top, bottom), (left, right)) = ((above, below), (before, behind))
    }
    let rows = try Window.axis(map.height, kernel.height, stride.height, dilation.height, top, bottom)
    let columns = try Window.axis(map.width, kernel.width, stride.width, dilation.width, left, right)
    var window = self
    window.padding = .explicit(top: rows.before, left: columns.before, bottom: rows.after, right: columns.after)
    return (window, Extent(height: rows.count, width: columns.count))
  }

  /// Returns the outputs along one axis of `size` inputs, and the zeros before and behind them; nil zeros are SAME's.
  private static func axis(
    _ size: Int, _ taps: Int, _ stride: Int, _ dilation: Int, _ before: Int?, _ after: Int?
  ) throws(ShapeError) -> (count: Int, before: Int, after: Int) {
    let positive = 1...limit
    guard positive.contains(size), positive.contains(taps), positive.contains(stride), positive.contains(dilation)
    else {
      throw ShapeError("size \(size), kernel \(taps), stride \(stride) or dilation \(dilation) is out of range")
    }
    let reach = (taps - 1) * dilation + 1
    guard let before, let after else {
      let count = (size - 1) / stride + 1
      let zeros = max((count - 1) * stride + reach - size, 0)
      return (count, zeros / 2, zeros - zeros / 2)
    }
    guard (0...limit).contains(before), (0...limit).contains(after) else {
      throw ShapeError("padding \(before) or \(after) is out of range")
    }
    let padded = before + size + after
    guard padded >= reach else {
      throw ShapeError("a window of \(reach) does not fit \(size) values and \(before + after) of padding")
    }
    return ((padded - reach) / stride + 1, before, after)
  }
}
