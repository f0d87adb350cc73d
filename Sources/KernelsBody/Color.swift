internal import CLanes
package import KernelCalls

/// Converts one row of a picture into packed pixels.
package func color(_ call: borrowing ColorRow) {
  if let coding = call.picture.coding {
    convert(call, Mixture(coding, isBlueFirst: call.isBlueFirst))
  } else {
    pack(call)
  }
}

/// The conversion as a sum of luma and chroma, both as they come: `x · scale + offset`, and chroma eight times its
/// distance from 128.
///
/// In double precision, so that no sum that is not a half itself comes near enough to one to be rounded wrongly.
private struct Mixture {
  let lumaScale: SIMD8<Double>
  /// With the half that makes truncation a rounding, and far less than the least distance of a sum from a half, so that
  /// a half itself is never missed.
  let lumaOffset: SIMD8<Double>
  let redFromRed: SIMD8<Double>
  let greenFromRed: SIMD8<Double>
  let greenFromBlue: SIMD8<Double>
  let blueFromBlue: SIMD8<Double>
  let redShift: SIMD8<Int32>
  let blueShift: SIMD8<Int32>

  @inline(__always)
  init(_ coding: LumaChroma, isBlueFirst: Bool) {
    let (lumaUnit, chromaUnit) = (255 / coding.lumaSpan, 255 / coding.chromaSpan / 8)
    let (red, blue) = (2 * (1 - coding.redPart), 2 * (1 - coding.bluePart))
    let greenPart = 1 - coding.redPart - coding.bluePart
    lumaScale = SIMD8(repeating: lumaUnit)
    lumaOffset = SIMD8(repeating: 0.5 + 0x1p-40 - coding.black * lumaUnit)
    redFromRed = SIMD8(repeating: red * chromaUnit)
    greenFromRed = SIMD8(repeating: -coding.redPart * red / greenPart * chromaUnit)
    greenFromBlue = SIMD8(repeating: -coding.bluePart * blue / greenPart * chromaUnit)
    blueFromBlue = SIMD8(repeating: blue * chromaUnit)
    redShift = SIMD8(repeating: isBlueFirst ? 16 : 0)
    blueShift = SIMD8(repeating: isBlueFirst ? 0 : 16)
  }

  /// Returns eight packed pixels.
  @inline(__always)
  func pixels(luma: SIMD8<Int16>, blueness: SIMD8<Int16>, redness: SIMD8<Int16>) -> SIMD8<Int32> {
    let luma = doubles(luma) * lumaScale + lumaOffset
    let (blueness, redness) = (doubles(blueness), doubles(redness))
    let red = bytes(luma + redness * redFromRed)
    let green = bytes(luma + (redness * greenFromRed + blueness * greenFromBlue))
    let blue = bytes(luma + blueness * blueFromBlue)
    return red &<< redShift | green &<< SIMD8(repeating: 8) | blue &<< blueShift
  }
}

/// Converts luma and chroma, eight pairs of pixels at a time.
@inline(__always)
private func convert(_ call: borrowing ColorRow, _ mixture: Mixture) {
  let (y, u, v) = call.picture.components
  let (width, row) = (call.picture.width, call.row)
  let padded = (width + 15) / 16 * 16
  let luma = call.workspace
  let blueness = UnsafeMutableRawPointer(luma + padded).assumingMemoryBound(to: Int16.self) + 16
  let redness = blueness + padded / 2 + 16
  copy(y.start + row * y.rowStride, step: y.step, count: width, to: luma)
  // Position y/2 − 1/2 is between these two chroma rows, at one of them, or half-way.
  let (upper, lower) = call.picture.hasHalvedRows ? (max(row - 1, 0) / 2, row / 2) : (row, row)
  sum(u, rows: (upper, lower), count: (width + 1) / 2, to: blueness)
  sum(v, rows: (upper, lower), count: (width + 1) / 2, to: redness)

  let output = UnsafeMutableRawPointer(call.pixels)
  for pair in stride(from: 0, to: padded / 2, by: 8) {
    let both = UnsafeRawPointer(luma + 2 * pair).loadUnaligned(as: SIMD8<UInt16>.self)
    let (blueEven, blueOdd) = betweenSums(blueness + pair)
    let (redEven, redOdd) = betweenSums(redness + pair)
    let even = mixture.pixels(
      luma: SIMD8(truncatingIfNeeded: both & 255), blueness: blueEven, redness: redEven)
    let odd = mixture.pixels(
      luma: SIMD8(truncatingIfNeeded: both &>> 8), blueness: blueOdd, redness: redOdd)
    output.storeBytes(of: pairs(even, odd), toByteOffset: 8 * pair, as: SIMD8<UInt64>.self)
  }
}

/// Copies `count` samples that lie `step` bytes apart.
@inline(__always)
private func copy(_ source: UnsafePointer<UInt8>, step: Int, count: Int, to target: UnsafeMutablePointer<UInt8>) {
  if step == 1 {
    target.update(from: source, count: count)
  } else {
    for index in 0..<count { target[index] = source[index * step] }
  }
}

/// Writes the sums of two rows of chroma, less 256, and repeats the first and the last one outside.
@inline(__always)
private func sum(_ chroma: Component, rows: (Int, Int), count: Int, to target: UnsafeMutablePointer<Int16>) {
  let (upper, lower) = (chroma.start + rows.0 * chroma.rowStride, chroma.start + rows.1 * chroma.rowStride)
  if chroma.step == 1 {
    for index in 0..<count { target[index] = Int16(upper[index]) &+ Int16(lower[index]) &- 256 }
  } else {
    for index in 0..<count {
      target[index] = Int16(upper[index * chroma.step]) &+ Int16(lower[index * chroma.step]) &- 256
    }
  }
  target[-1] = target[0]
  target[count] = target[count - 1]
}

/// Returns eight times the chroma at the even and at the odd pixel of eight pairs: positions k − 1/4 and k + 1/4.
@inline(__always)
private func betweenSums(_ sums: UnsafeMutablePointer<Int16>) -> (even: SIMD8<Int16>, odd: SIMD8<Int16>) {
  let here = UnsafeRawPointer(sums).loadUnaligned(as: SIMD8<Int16>.self)
  let threefold = here &+ here &+ here
  return (
    threefold &+ UnsafeRawPointer(sums - 1).loadUnaligned(as: SIMD8<Int16>.self),
    threefold &+ UnsafeRawPointer(sums + 1).loadUnaligned(as: SIMD8<Int16>.self)
  )
}

/// Packs what is red, green and blue already.
@inline(__always)
private func pack(_ call: borrowing ColorRow) {
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
}
