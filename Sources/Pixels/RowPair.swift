internal import KernelCalls

/// What a resize between two rows keeps: the row being converted, and the last two, resized along x.
struct RowPair<Element: BitwiseCopyable>: ~Copyable {
  let workspace: Block<UInt8>
  let pixels: Block<UInt32>
  private let memory: Block<Element>
  private let count: Int
  /// The source rows that the two buffers hold; −1 for none.
  private var held = (-1, -1)

  /// Room for rows of `sourceWidth` pixels, and for two of `count` elements that are `filler` at first.
  init(sourceWidth: Int, count: Int, filler: Element) {
    workspace = Block(repeating: 0, count: ColorRow.workspaceCount(width: sourceWidth))
    pixels = Block(repeating: 0, count: ColorRow.pixelCount(width: sourceWidth))
    memory = Block(repeating: filler, count: 2 * count)
    self.count = count
  }

  /// Returns where buffer `index`, 0 or 1, lies.
  func row(_ index: Int) -> UnsafeMutablePointer<Element> { unsafe memory.start + index * count }

  /// Holds no row any more.
  mutating func forget() { held = (-1, -1) }

  /// Returns the buffer of row `source`, and whether it holds that already; if not, the caller fills it. The one of row
  /// `kept` is never given away.
  mutating func place(of source: Int, keeping kept: Int) -> (buffer: Int, isFilled: Bool) {
    if held.0 == source { return (0, true) }
    if held.1 == source { return (1, true) }
    if held.0 == kept || (held.1 < held.0 && held.1 != kept) {
      held.1 = source
      return (1, false)
    }
    held.0 = source
    return (0, false)
  }
}
