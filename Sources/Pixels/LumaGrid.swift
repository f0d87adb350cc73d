internal import KernelCalls

/// A picture seen coarsely: the mean brightness of square cells, some 36 of them along the shorter side.
///
/// Eight rows of each cell are read and no others, so a picture costs about the same at any size. Cells of 8 pixels are
/// the smallest; those at the right and lower edge take what is left over.
struct LumaGrid: Sendable {
  /// Steps of a mean to one grey level.
  static let unit = 64
  /// Cells along the shorter side, about.
  private static let fineness = 36
  /// Rows that are read of each cell.
  private static let lines = 8

  /// Size of the pictures, in pixels.
  let width: Int
  let height: Int
  private let side: Int
  private let columnCount: Int
  private let rowCount: Int
  /// Of each pixel column the sum over the lines of one row of cells.
  private var sums: [UInt16]

  /// A grid for pictures of this size.
  ///
  /// - Precondition: both sides are at least 1.
  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    let fit = min(width, height) / Self.fineness
    // Whole vectors of pixels.
    side = max((fit + 7) / 8 * 8, 8)
    (columnCount, rowCount) = (max(width / side, 1), max(height / side, 1))
    sums = Array(repeating: 0, count: width)
  }

  /// The number of cells.
  var count: Int { columnCount * rowCount }

  /// Writes the mean of each cell of `frame`, row by row, in 1/`unit` of a grey level, into `means`.
  ///
  /// Of a picture in red, green and blue the green is read.
  ///
  /// - Precondition: the frame has the grid's size, and `means` holds `count` values.
  mutating func measure(_ frame: borrowing Frame, into means: inout [UInt16]) {
    precondition(frame.width == width && frame.height == height && means.count == count, "a picture of another size")
    let picture = frame.picture
    let light = picture.coding == nil ? picture.components.1 : picture.components.0
    for row in 0..<rowCount {
      let top = row * side
      let rows = row == rowCount - 1 ? height - top : side
      let lines = min(rows, Self.lines)
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        unsafe sums.update(repeating: 0)
        for line in 0..<lines {
          let start = unsafe light.start + (top + line * rows / lines) * light.rowStride
          unsafe Self.add(start, step: light.step, to: sums)
        }
      }
      for column in 0..<columnCount {
        let left = column * side
        let right = column == columnCount - 1 ? width : left + side
        var sum = 0
        for x in left..<right { sum &+= Int(sums[x]) }
        means[row * columnCount + column] = UInt16(sum * Self.unit / (lines * (right - left)))
      }
    }
  }

  /// Adds one line of samples, `step` bytes apart, to `sums`.
  ///
  /// The steps that there are stand as constants, so that each becomes a loop of vectors.
  private static func add(_ line: UnsafePointer<UInt8>, step: Int, to sums: UnsafeMutableBufferPointer<UInt16>) {
    let width = sums.count
    guard let sums = sums.baseAddress else { return }
    switch step {
    case 1: for x in 0..<width { unsafe sums[x] &+= UInt16(line[x]) }
    case 2: for x in 0..<width { unsafe sums[x] &+= UInt16(line[2 &* x]) }
    default: for x in 0..<width { unsafe sums[x] &+= UInt16(line[step &* x]) }
    }
  }
}
