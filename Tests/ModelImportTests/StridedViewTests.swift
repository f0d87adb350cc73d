import ModelImport
import Testing

/// Views of a map's values in other orders, against moving the values themselves.
@Suite struct StridedViewTests {
  @Test func aHeadOfPyTorchBecomesRows() throws {
    // [1, 6·3, 2, 5] → [1, 6, 3, 2, 5] → [1, 2, 5, 6, 3] → [1, 60, 3]: our order, untouched.
    let map = StridedView(channelsFirst: (height: 2, width: 5, channels: 18))
    #expect(!map.isContiguous)
    let wide = try #require(map.reshaped([1, 6, 3, 2, 5]))
    let moved = try #require(wide.transposed([0, 3, 4, 1, 2]))
    #expect(moved.isContiguous)
    #expect(moved.reshaped([1, 60, 3]) == StridedView(contiguous: [1, 60, 3]))
  }

  @Test func whatWouldMoveValuesIsNone() {
    let map = StridedView(channelsFirst: (height: 2, width: 5, channels: 18))
    #expect(map.reshaped([1, 180]) == nil && map.reshaped([1, 9, 20]) == nil)
    #expect(map.reshaped([18, 10]) != nil)
    #expect(map.transposed([0, 1, 2]) == nil && map.transposed([0, 1, 1, 2]) == nil)
  }

  @Test func onePixelHasOneOrder() {
    let map = StridedView(channelsFirst: (height: 1, width: 1, channels: 18))
    #expect(map.isContiguous && map.reshaped([1, 6, 1, 3]) == StridedView(contiguous: [1, 6, 1, 3]))
    #expect(map.reshaped([1, 18])?.reshaped([1, 18, 1, 1]) == map)
  }

  /// Every view's values, looked up one by one, are those of the reshaped list.
  @Test func valuesStayWhereTheyAre() throws {
    let map = StridedView(channelsFirst: (height: 4, width: 3, channels: 6))
    let places = values(of: map)
    for wanted in [[6, 12], [2, 3, 4, 3], [1, 1, 6, 12], [3, 2, 2, 2, 3], [6, 4, 1, 3]] {
      let view = try #require(map.reshaped(wanted))
      #expect(values(of: view) == places, "\(wanted)")
    }
  }

  /// Returns where the values lie, in the view's order.
  private func values(of view: StridedView) -> [Int] {
    zip(view.extents, view.strides).reduce([0]) { places, axis in
      places.flatMap { place in (0..<axis.0).map { place + $0 * axis.1 } }
    }
  }
}
