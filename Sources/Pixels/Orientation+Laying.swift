/// The samples of one plane, row by row.
@safe
package struct SampleGrid {
  package let start: UnsafeMutableRawPointer
  /// Bytes from one row to the next.
  package let stride: Int
  /// Size in samples.
  package let width: Int
  package let height: Int

  /// - Precondition: the rows stay valid as long as the grid is used.
  package init(start: UnsafeMutableRawPointer, stride: Int, width: Int, height: Int) {
    unsafe self.start = unsafe start
    (self.stride, self.width, self.height) = (stride, width, height)
  }
}

extension Orientation {
  /// Copies `stored` to `shown`, laid upright; samples are of 1, 2 or 3 bytes.
  ///
  /// Chroma planes are laid like luma: where an odd side is reversed, halved chroma moves by one column or row of luma.
  ///
  /// - Precondition: `shown` has the stored size as it is shown, and shares no memory with `stored`.
  package func lay(_ stored: SampleGrid, to shown: SampleGrid, bytesPerSample: Int) {
    precondition(shownSize(width: stored.width, height: stored.height) == (shown.width, shown.height))
    switch bytesPerSample {
    case 1: lay(stored, to: shown, UInt8.self)
    case 2: lay(stored, to: shown, Pair.self)
    case 3: lay(stored, to: shown, Triple.self)
    default: preconditionFailure("samples of \(bytesPerSample) bytes")
    }
  }

  /// Samples that lie at any address, unlike the integers of their size.
  private struct Pair { var bytes: (UInt8, UInt8) }
  private struct Triple { var bytes: (UInt8, UInt8, UInt8) }

  /// Rows and columns of the blocks that are laid one by one: what a block reads and writes stays in the cache.
  private static var blockSide: Int { 32 }

  private func lay<Sample: BitwiseCopyable>(_ stored: SampleGrid, to shown: SampleGrid, _: Sample.Type) {
    let size = MemoryLayout<Sample>.stride
    let first =
      unsafe stored.start + (reversesRows ? (stored.height - 1) * stored.stride : 0)
      + (reversesColumns ? (stored.width - 1) * size : 0)
    let (column, row) = (reversesColumns ? -size : size, reversesRows ? -stored.stride : stored.stride)
    // Bytes between the stored samples that are neighbours in a shown row, and in a shown column.
    let (along, down) = swapsSides ? (row, column) : (column, row)
    for top in Swift.stride(from: 0, to: shown.height, by: Self.blockSide) {
      let rows = top..<min(top + Self.blockSide, shown.height)
      for left in Swift.stride(from: 0, to: shown.width, by: Self.blockSide) {
        let count = min(Self.blockSide, shown.width - left)
        for y in rows {
          var source = unsafe UnsafeRawPointer(first) + (y &* down &+ left &* along)
          var target = unsafe shown.start + (y &* shown.stride &+ left &* size)
          for _ in 0..<count {
            unsafe target.storeBytes(of: source.loadUnaligned(as: Sample.self), as: Sample.self)
            unsafe (source, target) = unsafe (source + along, target + size)
          }
        }
      }
    }
  }
}
