internal import KernelCalls

/// Writes a word for each pixel of a row of luma and chroma, and one more that repeats the last: from bit 0 on luma, from
/// bit 8 on eight times the distance from 128 of the third channel's chroma, from bit 21 on that of the first channel's.
func mix(_ call: borrowing ColorRow) {
  let (width, row) = (call.picture.width, call.row)
  let (y, u, v) = call.picture.components
  let (own, other) = call.isBlueFirst ? (u, v) : (v, u)
  // Position y/2 − 1/2 is between these two chroma rows, at one of them, or half-way.
  let rows = call.picture.hasHalvedRows ? (max(row - 1, 0) / 2, row / 2) : (row, row)
  let padded = ColorRow.pixelCount(width: width)
  let sums = UnsafeMutableRawPointer(call.workspace + padded).assumingMemoryBound(to: Int32.self) + 16
  sum(own, other, rows: rows, count: (width + 1) / 2, to: sums)

  let (luma, lumaStep) = (y.start + row * y.rowStride, y.step)
  let whole = lumaStep == 1 ? width / (2 * Lanes.scalarCount) * Lanes.scalarCount : 0
  mix(luma, sums, pairs: 0..<whole, to: call.pixels)
  for x in 2 * whole..<width { call.workspace[x] = luma[x * lumaStep] }
  mix(call.workspace, sums, pairs: whole..<(width + 1) / 2, to: call.pixels)
  call.pixels[width] = call.pixels[width - 1]
}

/// Writes the sums of two rows of chroma, of `own` from bit 21 on and of `other` from bit 8 on, and repeats the first and
/// the last one outside.
@inline(__always)
private func sum(
  _ own: Component, _ other: Component, rows: (Int, Int), count: Int, to sums: UnsafeMutablePointer<Int32>
) {
  let (ownUpper, ownLower) = (own.start + rows.0 * own.rowStride, own.start + rows.1 * own.rowStride)
  let (otherUpper, otherLower) = (other.start + rows.0 * other.rowStride, other.start + rows.1 * other.rowStride)
  var index = 0
  while own.step == 1, other.step == 1, index + Lanes.scalarCount <= count {
    let ownSums = widened(ownUpper + index) &+ widened(ownLower + index)
    let otherSums = widened(otherUpper + index) &+ widened(otherLower + index)
    UnsafeMutableRawPointer(sums + index).storeBytes(of: ownSums &<< 21 | otherSums &<< 8, as: Wholes.self)
    index += Lanes.scalarCount
  }
  while index < count {
    let (ownPlace, otherPlace) = (index * own.step, index * other.step)
    sums[index] =
      (Int32(ownUpper[ownPlace]) + Int32(ownLower[ownPlace])) << 21
      | (Int32(otherUpper[otherPlace]) + Int32(otherLower[otherPlace])) << 8
    index += 1
  }
  sums[-1] = sums[0]
  sums[count] = sums[count - 1]
}

/// Writes the words of pairs of pixels, chroma at positions k − 1/4 and k + 1/4.
@inline(__always)
private func mix(
  _ luma: UnsafePointer<UInt8>, _ sums: UnsafePointer<Int32>, pairs: Range<Int>, to words: UnsafeMutablePointer<UInt32>
) {
  @inline(__always) func load(_ sums: UnsafePointer<Int32>) -> Wholes {
    UnsafeRawPointer(sums).loadUnaligned(as: Wholes.self)
  }
  // Eight times 128 is subtracted from both by the sign bits of their numbers.
  let signs = Wholes(repeating: Int32(bitPattern: 0x8004_0000))
  for pair in stride(from: pairs.lowerBound, to: pairs.upperBound, by: Lanes.scalarCount) {
    let both = widenedPairs(luma + 2 * pair)
    let here = load(sums + pair)
    let threefold = here &+ here &+ here
    let even = (threefold &+ load(sums + pair - 1)) | (both & 255)
    let odd = (threefold &+ load(sums + pair + 1)) | (both &>> 8)
    putAlternating(even ^ signs, odd ^ signs, words + 2 * pair)
  }
}

/// Packs what is red, green and blue already, and repeats the last pixel.
func pack(_ call: borrowing ColorRow) {
  var (first, second, third) = call.picture.components
  if call.isBlueFirst { swap(&first, &third) }
  let (one, two, three) = (
    first.start + call.row * first.rowStride, second.start + call.row * second.rowStride,
    third.start + call.row * third.rowStride
  )
  let step = first.step
  for x in 0..<call.picture.width {
    call.pixels[x] = UInt32(one[x * step]) | UInt32(two[x * step]) << 8 | UInt32(three[x * step]) << 16
  }
  call.pixels[call.picture.width] = call.pixels[call.picture.width - 1]
}
