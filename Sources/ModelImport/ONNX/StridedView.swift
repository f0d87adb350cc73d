/// How the file's order of a tensor's values lies in ours: the extents that the file gives it, and for each how far its
/// next value is.
///
/// A map [1, channels, rows, columns] of ONNX is [1, rows, columns, channels] here. Transposing, reshaping and squeezing
/// change only this description, so that no value is moved where a network turns one order into the other.
package struct StridedView: Equatable {
  package private(set) var extents: [Int]
  /// From one value of an axis to the next, in ours. Those of axes of one value mean nothing.
  package private(set) var strides: [Int]

  /// The values one behind the other, the last axis innermost.
  package init(contiguous extents: [Int]) {
    self.extents = extents
    strides = Self.contiguousStrides(extents)
  }

  /// The channels of a map [1, height, width, channels] in front of its rows, as ONNX has them.
  package init(channelsFirst map: (height: Int, width: Int, channels: Int)) {
    extents = [1, map.channels, map.height, map.width]
    let row = map.width * map.channels
    strides = [map.height * row, 1, row, map.channels]
  }

  private static func contiguousStrides(_ extents: [Int]) -> [Int] {
    var (strides, step) = ([Int](), 1)
    for extent in extents.reversed() {
      strides.append(step)
      // An empty constant may have any other extents.
      step &*= extent
    }
    return strides.reversed()
  }

  /// Whether both describe the same values in the same order.
  package static func == (left: StridedView, right: StridedView) -> Bool {
    left.extents == right.extents
      && left.extents.indices.allSatisfy { left.extents[$0] == 1 || left.strides[$0] == right.strides[$0] }
  }

  /// Whether the values stand in the file's order.
  package var isContiguous: Bool { self == StridedView(contiguous: extents) }

  /// Returns the view with its axes in another order; nil where `order` is none of them.
  package func transposed(_ order: [Int]) -> StridedView? {
    guard order.sorted() == Array(extents.indices) else { return nil }
    var view = self
    (view.extents, view.strides) = (order.map { extents[$0] }, order.map { strides[$0] })
    return view
  }

  /// Returns the view of the same values under the shape `wanted`; nil where values would have to be moved.
  ///
  /// Axes are taken in runs that lie one within the other without gaps; each run is cut anew.
  ///
  /// - Precondition: `wanted` has as many values, and no extent is below 1.
  package func reshaped(_ wanted: [Int]) -> StridedView? {
    var result = [Int](repeating: 1, count: wanted.count)
    var target = wanted.count - 1
    // The run of old axes that is being cut: its innermost stride, its values, and those given to new axes so far.
    var (step, count, given) = (strides.last ?? 1, 1, 1)
    for axis in extents.indices.reversed() {
      count *= extents[axis]
      if axis > 0, extents[axis - 1] == 1 || strides[axis - 1] == count * step { continue }
      while target >= 0, given < count || wanted[target] == 1 {
        result[target] = given * step
        given *= wanted[target]
        target -= 1
      }
      guard given == count else { return nil }
      if axis > 0 { (step, count, given) = (strides[axis - 1], 1, 1) }
    }
    guard target < 0 else { return nil }
    var view = StridedView(contiguous: wanted)
    view.strides = result
    return view
  }

  /// The axis along which channels lie side by side in ours; nil where there is none.
  var channelAxis: Int? { extents.indices.first { extents[$0] > 1 && strides[$0] == 1 } }
}
