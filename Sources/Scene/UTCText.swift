/// A moment as RFC 3339 tells it, in UTC to the microsecond: `2026-11-24T17:51:41.123456Z`.
package struct UTCText {
  /// The text, ASCII.
  package let bytes: InlineArray<27, UInt8>

  /// The moment `sinceEpoch` after 1970-01-01T00:00:00Z, cut to the microsecond; what lies outside the years 1970 to
  /// 9999 becomes their first or last second.
  package init(sinceEpoch: Duration) {
    let (whole, attoseconds) = sinceEpoch.components
    let seconds = Int(min(max(whole, 0), 253_402_300_799))
    let (days, second) = seconds.quotientAndRemainder(dividingBy: 86400)
    let date = Self.date(daysSinceEpoch: days)

    var text = InlineArray<27, UInt8>(repeating: 0)
    var position = 0
    func put(_ value: Int, width: Int, then mark: Unicode.Scalar) {
      var rest = value
      for place in stride(from: position + width - 1, through: position, by: -1) {
        text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      text[position + width] = UInt8(ascii: mark)
      position += width + 1
    }
    put(date.year, width: 4, then: "-")
    put(date.month, width: 2, then: "-")
    put(date.day, width: 2, then: "T")
    put(second / 3600, width: 2, then: ":")
    put(second / 60 % 60, width: 2, then: ":")
    put(second % 60, width: 2, then: ".")
    put(Int(max(attoseconds, 0) / 1_000_000_000_000), width: 6, then: "Z")
    bytes = text
  }

  /// The text.
  package var text: String {
    var text = ""
    for index in bytes.indices { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
    return text
  }

  /// The moment to the second as file names have it, of letters and digits only: `20261124T175141Z`.
  package var nameText: String { text.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z" }

  /// Returns the Gregorian date of a day of 1970 or later.
  ///
  /// Years are counted from March, so that a leap day ends its year, and in eras of 400 years (146,097 days) that all
  /// look alike.
  private static func date(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
    let sinceMarchOfYear0 = daysSinceEpoch + 719_468
    let (era, dayOfEra) = sinceMarchOfYear0.quotientAndRemainder(dividingBy: 146_097)
    // Without their leap days, years have 365 days: one in 4 years, none in 100, one again in 400.
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153  // five months from March have 153 days, as the next five
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let isNextYear = monthFromMarch >= 10
    return (
      era * 400 + yearOfEra + (isNextYear ? 1 : 0), isNextYear ? monthFromMarch - 9 : monthFromMarch + 3, day
    )
  }
}
