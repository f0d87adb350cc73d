internal import KernelCalls

/// The most pixels whose sums fit the registers, and the most vectors of each.
let tallestByteTile = 14
let widestByteTile = 2
/// Whether products of four bytes are one instruction.
let hasByteDots = true

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
  case 5: sumBytes(ByteTile5<Row>.self, product, pixel, panel)
  case 6: sumBytes(ByteTile6<Row>.self, product, pixel, panel)
  case 7: sumBytes(ByteTile7<Row>.self, product, pixel, panel)
  case 8: sumBytes(ByteTile8<Row>.self, product, pixel, panel)
  case 9: sumBytes(ByteTile9<Row>.self, product, pixel, panel)
  case 10: sumBytes(ByteTile10<Row>.self, product, pixel, panel)
  case 11: sumBytes(ByteTile11<Row>.self, product, pixel, panel)
  case 12: sumBytes(ByteTile12<Row>.self, product, pixel, panel)
  case 13: sumBytes(ByteTile13<Row>.self, product, pixel, panel)
  case 14: sumBytes(ByteTile14<Row>.self, product, pixel, panel)
  default: preconditionFailure()
  }
}
