/// Returns `value` with so many decimals, for people: `12.3`; what is no number is `-`.
func decimal(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "-" }
  var factor = 1
  for _ in 0..<decimals { factor *= 10 }
  let scaled = Int((abs(value) * Double(factor)).rounded(.toNearestOrEven))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return "\(sign)\(scaled)" }
  let fraction = String(scaled % factor)
  return "\(sign)\(scaled / factor).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
}

/// Returns `share` of 1 in percent, for people: `12.3 %`.
func percent(_ share: Double) -> String { "\(decimal(100 * share, 1)) %" }
