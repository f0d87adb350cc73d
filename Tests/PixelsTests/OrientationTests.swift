import Pixels
import Testing

/// A plane in an array, with a border of bytes that must stay as they are.
private struct Sheet {
  let width: Int
  let height: Int
  let size: Int
  let stride: Int
  var bytes: [UInt8]

  init(width: Int, height: Int, size: Int, bytes: [UInt8]? = nil) {
    (self.width, self.height, self.size) = (width, height, size)
    stride = width * size + 5
    self.bytes = bytes ?? [UInt8](repeating: 0xC7, count: stride * height + 9)
  }

  /// The bytes of the sample in column `x` of row `y`.
  func sample(_ x: Int, _ y: Int) -> [UInt8] { Array(bytes[y * stride + x * size..<y * stride + (x + 1) * size]) }

  func laid(_ orientation: Orientation) -> Sheet {
    let shown = orientation.shownSize(width: width, height: height)
    var result = Sheet(width: shown.width, height: shown.height, size: size)
    var source = bytes
    source.withUnsafeMutableBytes { source in
      result.bytes.withUnsafeMutableBytes { target in
        orientation.lay(
          SampleGrid(start: source.baseAddress!, stride: stride, width: width, height: height),
          to: SampleGrid(
            start: target.baseAddress!, stride: result.stride, width: shown.width, height: shown.height),
          bytesPerSample: size)
      }
    }
    return result
  }
}

private let all = [false, true].flatMap { swaps in
  [false, true].flatMap { columns in
    [false, true].map { Orientation(swapsSides: swaps, reversesColumns: columns, reversesRows: $0) }
  }
}

@Suite struct OrientationTests {
  @Test(arguments: [(1, 1), (1, 7), (5, 3), (8, 16), (33, 64), (70, 31), (131, 150)], [1, 2, 3])
  func everySampleStandsWhereItIsShown(extent: (Int, Int), size: Int) {
    let (width, height) = extent
    let stored = Sheet(width: width, height: height, size: size, bytes: noise((width * size + 5) * height + 9))
    for orientation in all {
      let shown = stored.laid(orientation)
      var isRight = true
      for y in 0..<shown.height {
        for x in 0..<shown.width {
          let (u, v) = orientation.swapsSides ? (y, x) : (x, y)
          let column = orientation.reversesColumns ? width - 1 - u : u
          let row = orientation.reversesRows ? height - 1 - v : v
          isRight = isRight && shown.sample(x, y) == stored.sample(column, row)
        }
        let border = shown.bytes[y * shown.stride + shown.width * size..<(y + 1) * shown.stride]
        isRight = isRight && border.allSatisfy { $0 == 0xC7 }
      }
      #expect(isRight && shown.bytes.suffix(9).allSatisfy { $0 == 0xC7 }, "\(orientation)")
    }
  }

  @Test func fourQuarterTurnsLeaveThePictureAsItWas() {
    let stored = Sheet(width: 41, height: 35, size: 1, bytes: noise(46 * 35 + 9))
    for exif in [6, 8] {
      let turn = Orientation(exif: exif) ?? .upright
      let turned = stored.laid(turn).laid(turn).laid(turn).laid(turn)
      for y in 0..<35 { for x in 0..<41 { #expect(turned.sample(x, y) == stored.sample(x, y)) } }
    }
  }

  /// 0 °, 90 ° and 270 ° clockwise, 180 ° and the mirrors, with the numbers of EXIF.
  @Test(arguments: [
    ([1, 0, 0, 1], 1), ([-1, 0, 0, 1], 2), ([-1, 0, 0, -1], 3), ([1, 0, 0, -1], 4), ([0, 1, 1, 0], 5),
    ([0, 1, -1, 0], 6), ([0, -1, -1, 0], 7), ([0, -1, 1, 0], 8),
  ])
  func matricesAndEXIFNumbersMeanTheSame(matrix: [Int32], exif: Int) {
    let fixed = matrix.map { $0 * 65536 }
    let orientation = Orientation(displayMatrix: fixed[0], fixed[1], fixed[2], fixed[3])
    #expect(orientation == Orientation(exif: exif))
    // The corner that is stored first, as the matrix moves it: the shown picture's left edge is at the least x.
    let (x, y) = (matrix[0] + matrix[2] > 0 ? 0 : 1, matrix[1] + matrix[3] > 0 ? 0 : 1)
    let shown = Sheet(width: 2, height: 2, size: 1, bytes: [9, 1, 0, 0, 0, 0, 0, 2, 3] + noise(14)).laid(orientation)
    #expect(shown.sample(x, y) == [9])
  }

  @Test func oddMatricesGiveTheNearestQuarterTurnAndNeverTrap() {
    #expect(Orientation(displayMatrix: 0, 0, 0, 0) == .upright)
    #expect(Orientation(displayMatrix: 60000, 20000, -20000, 60000) == .upright)
    #expect(Orientation(displayMatrix: .min, .min, .max, .min).swapsSides == false)
    #expect(Orientation(exif: 0) == nil && Orientation(exif: 9) == nil && Orientation(exif: .min) == nil)
  }
}
