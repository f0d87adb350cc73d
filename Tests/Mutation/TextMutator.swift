/// Damages texts that are made of numbers: their form stays whole, so that what the numbers decide is reached.
public struct TextMutator {
  private var numbers: Numbers

  /// A mutator whose damage `seed` decides.
  public init(seed: UInt64) { numbers = Numbers(seed: seed) }

  /// Numbers at which readers of texts break.
  private static let strange = [
    "0", "-0", "-1", "1", "2", "0.5", "1e308", "-1e308", "5e-324", "1e999", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "1e18", "4294967296", "0.30000000000000004", "null", "",
  ]

  /// Returns `text` with one to four of its numbers in place of others, or by strange ones.
  public mutating func damaged(_ text: [UInt8]) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...4, using: &numbers) {
      let places = Self.numbers(in: text)
      guard let place = places.randomElement(using: &numbers), let other = places.randomElement(using: &numbers) else {
        break
      }
      let isStrange = Bool.random(using: &numbers)
      let strange = Array((Self.strange.randomElement(using: &numbers) ?? "0").utf8)
      text.replaceSubrange(place, with: isStrange ? strange : Array(text[other]))
    }
    return text
  }

  /// Returns where numbers stand in `text`.
  private static func numbers(in text: [UInt8]) -> [Range<Int>] {
    var (places, start) = ([Range<Int>](), Int?.none)
    for (index, byte) in text.enumerated() {
      if "0123456789.-".utf8.contains(byte) {
        start = start ?? index
      } else if let begun = start {
        places.append(begun..<index)
        start = nil
      }
    }
    return places
  }
}
