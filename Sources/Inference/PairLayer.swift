internal import KernelCalls
internal import Kernels
internal import Model

/// The product or the greater one of two maps' values, sixteen at a time.
struct PairLayer: Layer {
  let input: MapSize
  /// Whether it is the product.
  let multiplies: Bool

  var output: MapSize { input }
  var kind: StepDescription.Kind { .pair }
  var cut: Cut { .rows(multiple: max(64 / input.width, 1)) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    guard let second = unsafe second else { preconditionFailure("A pair has two operands.") }
    let row = piece.rows.lowerBound
    let (left, right) = unsafe (
      source.from(row: row, width: input.width), second.from(row: row, width: input.width)
    )
    let result = unsafe target.from(row: row, width: input.width)
    for panel in piece.panels {
      for pixel in 0..<piece.rows.count * input.width {
        let (a, b) = unsafe (
          left.lanes(pixel: pixel, panel: panel), right.lanes(pixel: pixel, panel: panel)
        )
        unsafe result.setLanes(multiplies ? a * b : greater(a, b), pixel: pixel, panel: panel)
      }
    }
  }
}

extension FeatureMap {
  /// Returns the sixteen channels of a panel at a pixel.
  @unsafe @inline(__always)
  func lanes(pixel: Int, panel: Int) -> SIMD16<Float> {
    unsafe UnsafeRawPointer(address(pixel: pixel, channel: panel * panelWidth)).loadUnaligned(
      as: SIMD16<Float>.self)
  }

  /// Writes the sixteen channels of a panel at a pixel.
  @unsafe @inline(__always)
  func setLanes(_ lanes: SIMD16<Float>, pixel: Int, panel: Int) {
    unsafe UnsafeMutableRawPointer(address(pixel: pixel, channel: panel * panelWidth)).storeBytes(
      of: lanes, as: SIMD16<Float>.self)
  }
}

/// Returns the greater value in each lane, the second where one is not a number.
///
/// The library's `pointwiseMax` goes lane by lane; this is a comparison and a choice by its bits.
@inline(__always)
func greater(_ left: SIMD16<Float>, _ right: SIMD16<Float>) -> SIMD16<Float> {
  chosen(left, where: left .> right, else: right)
}

/// Returns the lanes of `value` where `mask` holds, else those of `other`.
@inline(__always)
func chosen(_ value: SIMD16<Float>, where mask: SIMDMask<SIMD16<Int32>>, else other: SIMD16<Float>) -> SIMD16<Float> {
  let bits = unsafe unsafeBitCast(mask, to: SIMD16<UInt32>.self)
  let (value, other) = unsafe (
    unsafeBitCast(value, to: SIMD16<UInt32>.self), unsafeBitCast(other, to: SIMD16<UInt32>.self)
  )
  return unsafe unsafeBitCast(value & bits | other & ~bits, to: SIMD16<Float>.self)
}
