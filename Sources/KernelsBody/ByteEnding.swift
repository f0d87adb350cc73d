internal import CLanes
internal import KernelCalls

/// What makes bytes of the sums of one panel of channels.
///
/// Sums are scaled in floats. Where a result comes so near to a half that floats cannot tell, one in eight thousand, its
/// byte may be wrong: the caller is told, and writes such bytes once more by `storeExactly`, out of its loop, which a call
/// would cost its registers.
struct ByteEnding {
  /// The greatest distances of results from whole numbers.
  typealias Doubt = SIMD16<Float>

  private let scaling: UnsafeRawPointer
  private let (zero, floor, ceiling): (Int32, Int32, Int32)
  /// Channels that are written, of 16.
  private let count: Int
  /// Whether the zero or more is the least that is written: then it does not matter how what is negative is rounded.
  private let isRising: Bool
  private let factor: SIMD16<Float>
  /// What is added to a product: the zero too where it rises.
  private let away: SIMD16<Float>

  @inline(__always) init(_ rule: Requantization, panel: Int, channels: Int) {
    scaling = scaling_panel(rule.scaling, panel)
    (zero, floor, ceiling) = (rule.zero, rule.floor, rule.ceiling)
    count = channels - panel * 16
    isRising = floor >= zero
    factor = scaling_factor(scaling)
    away = scaling_away(scaling) + (isRising ? Float(zero) : 0)
  }

  /// No doubt.
  @inline(__always) static var none: Doubt { Doubt(repeating: 0) }

  /// Whether a byte may be wrong.
  @inline(__always) static func isDoubtful(_ doubt: Doubt) -> Bool { is_scaling_in_doubt(doubt) }

  /// Writes the bytes of one pixel, and raises `doubt`.
  @inline(__always)
  func store(_ sums: Sums, to target: UnsafeMutablePointer<UInt8>, _ doubt: inout Doubt) {
    let values = isRising ? scaled_rising(sums, factor, away) : scaled_nearly(sums, factor, away)
    doubt = raised(doubt, values)
    store_bytes(nearest(values), isRising ? 0 : zero, floor, ceiling, target, count)
  }

  /// Writes the bytes of four pixels, so many bytes apart, and raises `doubt`.
  @inline(__always)
  func store(
    _ sums: (Sums, Sums, Sums, Sums), to target: UnsafeMutablePointer<UInt8>, _ pixel: Int, _ doubt: inout Doubt
  ) {
    if isRising {
      let (a, b) = (scaled_rising(sums.0, factor, away), scaled_rising(sums.1, factor, away))
      let (c, d) = (scaled_rising(sums.2, factor, away), scaled_rising(sums.3, factor, away))
      doubt = raised(raised(raised(raised(doubt, a), b), c), d)
      store_four_bytes(nearest(a), nearest(b), nearest(c), nearest(d), 0, floor, ceiling, target, pixel, count)
    } else {
      let (a, b) = (scaled_nearly(sums.0, factor, away), scaled_nearly(sums.1, factor, away))
      let (c, d) = (scaled_nearly(sums.2, factor, away), scaled_nearly(sums.3, factor, away))
      doubt = raised(raised(raised(raised(doubt, a), b), c), d)
      store_four_bytes(nearest(a), nearest(b), nearest(c), nearest(d), zero, floor, ceiling, target, pixel, count)
    }
  }

  /// Writes the bytes of one pixel in integers.
  @inline(__always) func storeExactly(_ sums: Sums, to target: UnsafeMutablePointer<UInt8>) {
    store_bytes(scaled(sums, scaling), zero, floor, ceiling, target, count)
  }

  /// Writes the bytes of one pixel.
  @inline(__always) func store(_ sums: Sums, to target: UnsafeMutablePointer<UInt8>) {
    var doubt = Self.none
    store(sums, to: target, &doubt)
    if Self.isDoubtful(doubt) { storeExactly(sums, to: target) }
  }
}
