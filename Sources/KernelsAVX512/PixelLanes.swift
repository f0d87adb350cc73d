internal import CLanes

/// The whole numbers beside `Lanes`.
typealias Wholes = SIMD16<Int32>

/// Returns bytes, each in a lane.
@inline(__always)
func widened(_ source: UnsafePointer<UInt8>) -> Wholes { widened_bytes16(source) }

/// Returns pairs of bytes, each in a lane, the first one lowest.
@inline(__always)
func widenedPairs(_ source: UnsafePointer<UInt8>) -> Wholes { widened_pairs16(source) }

/// Returns the same numbers as floats.
@inline(__always)
func floats(_ values: Wholes) -> Lanes { floats16(values) }

/// Returns the integer parts.
@inline(__always)
func wholes(_ values: Lanes) -> Wholes { wholes16(values) }

/// Returns the numbers, held in 0…255.
@inline(__always)
func heldAsBytes(_ values: Lanes) -> Lanes { clamp16(values, Lanes.zero, Lanes(repeating: 255)) }

/// Returns the greater of `least` and the distance of `value` from 0, lane by lane.
@inline(__always)
func furthest(_ least: Lanes, _ value: Lanes) -> Lanes { furthest16(least, value) }

/// Whether a lane is greater than `limit`.
@inline(__always)
func exceeds(_ values: Lanes, _ limit: Float) -> Bool { exceeds16(values, limit) }

/// Returns `y · scale + offset + (a · first + b · second)`, in double precision, its integer part held in 0…255.
@inline(__always)
func exactly(
  _ y: Wholes, _ scale: Double, _ offset: Double, _ a: Wholes, _ first: Double, _ b: Wholes, _ second: Double
) -> Lanes { exact16(y, a, b, scale, offset, first, second) }

/// Writes a lane of `even`, one of `odd`, and so on.
@inline(__always)
func putAlternating(_ even: Wholes, _ odd: Wholes, _ target: UnsafeMutablePointer<UInt32>) {
  put_alternating16(even, odd, target)
}

/// Returns the words at `places` of `words`, and those behind them.
@inline(__always)
func takePairs(_ words: UnsafePointer<UInt32>, _ places: UnsafePointer<Int32>) -> (low: Wholes, high: Wholes) {
  var (low, high) = (Wholes(), Wholes())
  take_pairs16(words, places, &low, &high)
  return (low, high)
}

/// Writes a lane of `a`, one of `b`, one of `c`, and so on.
@inline(__always)
func putTriples(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ target: UnsafeMutablePointer<Float>) {
  put_triples16(a, b, c, target)
}
