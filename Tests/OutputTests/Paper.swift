import Pixels

/// A gray 4:2:0 picture to draw on, each plane between fences that nobody may write.
final class Paper {
  static let gray: UInt8 = 60
  private static let fence = 256
  private static let mark: UInt8 = 0xA5
  let width: Int
  let height: Int
  private let memory: [UnsafeMutablePointer<UInt8>]
  private let sizes: [Int]

  init(_ width: Int, _ height: Int) {
    (self.width, self.height) = (width, height)
    let chroma = (width + 1) / 2 * ((height + 1) / 2)
    sizes = [width * height, chroma, chroma]
    memory = zip(sizes, [Paper.gray, 128, 128]).map { size, value in
      let start = UnsafeMutablePointer<UInt8>.allocate(capacity: size + 2 * Paper.fence)
      start.initialize(repeating: Paper.mark, count: size + 2 * Paper.fence)
      (start + Paper.fence).update(repeating: value, count: size)
      return start
    }
  }

  deinit { for start in memory { start.deallocate() } }

  /// The picture, valid as long as the paper is held.
  var canvas: Canvas {
    let half = (width + 1) / 2
    return Canvas(
      width: width, height: height,
      planes: (memory[0] + Paper.fence, memory[1] + Paper.fence, memory[2] + Paper.fence), strides: (width, half, half))
  }

  func luma(_ x: Int, _ y: Int) -> UInt8 { memory[0][Paper.fence + y * width + x] }

  /// Returns blue and red chroma.
  func chroma(_ x: Int, _ y: Int) -> (UInt8, UInt8) {
    let index = Paper.fence + y * ((width + 1) / 2) + x
    return (memory[1][index], memory[2][index])
  }

  /// Whether every pixel is as gray as at first.
  var isUntouched: Bool {
    zip(zip(memory, sizes), [Paper.gray, 128, 128]).allSatisfy { plane, value in
      (0..<plane.1).allSatisfy { plane.0[Paper.fence + $0] == value }
    }
  }

  var fencesStand: Bool {
    zip(memory, sizes).allSatisfy { start, size in
      (0..<Paper.fence).allSatisfy { start[$0] == Paper.mark && start[Paper.fence + size + $0] == Paper.mark }
    }
  }
}
