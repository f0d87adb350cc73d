/// A small generator of numbers, the same in every run (xorshift64*: Marsaglia 2003, Vigna 2014).
public struct Numbers: RandomNumberGenerator {
  private var state: UInt64

  /// The sequence that `seed` starts.
  public init(seed: UInt64) { state = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  public mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 2_685_821_657_736_338_717
  }

  /// Returns a number at which arithmetic goes wrong: zeros, signs, powers of two and their neighbours.
  public mutating func strange() -> UInt64 {
    let power: UInt64 = 1 << UInt64.random(in: 0...63, using: &self)
    return [0, 1, UInt64.max, power, power &- 1, power &+ 1, 0 &- power, UInt64.random(in: 0...300, using: &self)]
      .randomElement(using: &self) ?? 0
  }
}
