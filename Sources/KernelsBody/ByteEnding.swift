internal import CLanes
internal import KernelCalls

/// What makes bytes of the sums of one panel of channels.
struct ByteEnding {
  private let scaling: UnsafeRawPointer
  private let (zero, floor, ceiling): (Int32, Int32, Int32)
  /// Channels that are written, of 16.
  private let count: Int
  /// Whether the fields below say it all.
  let isRising: Bool
  private let (even, odd): (Sums, Sums)
  private let (evenRound, oddRound): (SIMD8<Int64>, SIMD8<Int64>)
  private let (evenShift, oddShift): (SIMD8<Int64>, SIMD8<Int64>)

  @inline(__always) init(_ rule: Requantization, panel: Int, channels: Int) {
    scaling = rule.scaling + panel * 512
    (zero, floor, ceiling) = (rule.zero, rule.floor, rule.ceiling)
    count = channels - panel * 16
    isRising = is_rising(scaling, zero, floor) != 0
    even = scaling.loadUnaligned(fromByteOffset: 64, as: Sums.self)
    odd = unsafeBitCast(unsafeBitCast(even, to: SIMD8<UInt64>.self) &>> 32, to: Sums.self)
    let shifts = (Self.longs(scaling, 256), Self.longs(scaling, 320))
    (evenRound, oddRound) = (
      round_raised(Self.longs(scaling, 128), shifts.0, zero), round_raised(Self.longs(scaling, 192), shifts.1, zero)
    )
    (evenShift, oddShift) = (shifts.0, shifts.1 &- 32)
  }

  @inline(__always) private static func longs(_ panel: UnsafeRawPointer, _ offset: Int) -> SIMD8<Int64> {
    panel.loadUnaligned(fromByteOffset: offset, as: SIMD8<Int64>.self)
  }

  /// Writes the bytes of one pixel, whatever the factors.
  @inline(__always) func store(_ sums: Sums, to target: UnsafeMutablePointer<UInt8>) {
    store_bytes(scaled(sums, scaling), zero, floor, ceiling, target, count)
  }

  /// Writes the bytes of one pixel.
  ///
  /// - Precondition: `isRising`.
  @inline(__always) func storeRising(_ sums: Sums, to target: UnsafeMutablePointer<UInt8>) {
    store_rising(raised(sums), floor, ceiling, target, count)
  }

  /// Writes the bytes of four pixels, so many bytes apart.
  ///
  /// - Precondition: `isRising`.
  @inline(__always) func storeRising(
    _ sums: (Sums, Sums, Sums, Sums), to target: UnsafeMutablePointer<UInt8>, _ pixel: Int
  ) {
    store_four_rising(
      raised(sums.0), raised(sums.1), raised(sums.2), raised(sums.3), floor, ceiling, target, pixel, count)
  }

  /// Writes the bytes of one pixel in the faster way that is right.
  @inline(__always) func storeAny(_ sums: Sums, to target: UnsafeMutablePointer<UInt8>) {
    if isRising { storeRising(sums, to: target) } else { store(sums, to: target) }
  }

  /// Returns `sums` scaled and moved, not held yet.
  @inline(__always) private func raised(_ sums: Sums) -> Sums {
    rising(sums, even, odd, evenRound, oddRound, evenShift, oddShift)
  }
}
