internal import Kernels

/// Times layers on one set of kernels and one core, against the rate of pure multiply-adds in the same minute.
struct Report {
  private let kernels: KernelSet
  private let isJSON: Bool
  /// GFLOP/s of one core.
  private let peak: Double

  /// Measures the peak, and prints it.
  init(_ kernels: KernelSet, isJSON: Bool) {
    (self.kernels, self.isJSON) = (kernels, isJSON)
    peak = kernels.peakRate()
    if !isJSON { Swift.print("\(kernels.name): \(fixed(peak, 1)) GFLOP/s at most") }
  }

  /// Times `layer` and prints a row of the table, or a line of JSON.
  func print(_ layer: Layer) {
    let work = layer.work(kernels)
    let repeats = max(1, 10_000_000 / layer.multiplyAdds)
    let rate = Report.rate {
      for _ in 0..<repeats { work() }
      return 2 * layer.multiplyAdds * repeats
    }
    let microseconds = 2 * Double(layer.multiplyAdds) / rate / 1e3
    if isJSON {
      Swift.print(
        """
        {"set":"\(kernels.name)","kind":"\(layer.kind.rawValue)","size":\(layer.size),"inputs":\(layer.inputs),\
        "outputs":\(layer.outputs),"stride":\(layer.stride),"microseconds":\(fixed(microseconds, 2)),\
        "gflops":\(fixed(rate, 2)),"share":\(fixed(rate / peak, 4))}
        """)
    } else {
      let shape = "\(layer.size)×\(layer.size)×\(layer.inputs) → \(layer.outputs) / \(layer.stride)"
      Swift.print(
        "  " + layer.kind.rawValue.padded(to: 11) + shape.padded(to: 25) + fixed(microseconds, 1).padded(to: -9) + " µs"
          + fixed(rate, 1).padded(to: -8) + " GFLOP/s" + fixed(100 * rate / peak, 0).padded(to: -5) + " %")
    }
  }

  /// Returns the best rate of `body`, which returns its number of operations, in GFLOP/s over ten turns.
  private static func rate(_ body: () -> Int) -> Double {
    let clock = ContinuousClock()
    var best = 0.0
    for _ in 0..<10 {
      var operations = 0
      let time = clock.measure { operations = body() }
      best = max(best, Double(operations) / (time / .seconds(1)) / 1e9)
    }
    return best
  }
}

/// Returns `value`, which is not negative, with `decimals` decimals.
private func fixed(_ value: Double, _ decimals: Int) -> String {
  var scale = 1
  for _ in 0..<decimals { scale *= 10 }
  let scaled = Int((value * Double(scale)).rounded())
  guard decimals > 0 else { return String(scaled) }
  let fraction = String(scaled % scale)
  return "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
}

extension String {
  /// Returns the string with spaces up to `width` characters: behind it, or before it where `width` is negative.
  fileprivate func padded(to width: Int) -> String {
    let spaces = String(repeating: " ", count: max(abs(width) - count, 0))
    return width < 0 ? spaces + self : self + spaces
  }
}
