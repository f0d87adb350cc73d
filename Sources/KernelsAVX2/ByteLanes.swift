internal import KernelCalls

/// The most pixels whose sums fit the registers, and the most vectors of each.
let tallestByteTile = 4
let widestByteTile = 1
/// Whether products of four bytes are one instruction.
let hasByteDots = false

/// Sums one tile of `height` pixels.
@inline(__always)
func multiplyByteTile<Row: ByteColumns>(
  _: Row.Type, height: Int, _ product: borrowing ByteProduct, _ pixel: Int, _ panel: Int
) {
  switch height {
  case 1: sumBytes(ByteTile1<Row>.self, product, pixel, panel)
  case 2: sumBytes(ByteTile2<Row>.self, product, pixel, panel)
  case 3: sumBytes(ByteTile3<Row>.self, product, pixel, panel)
  case 4: sumBytes(ByteTile4<Row>.self, product, pixel, panel)
  default: preconditionFailure()
  }
}
