extension Duration {
  /// Returns when picture `number` of `rate` pictures a second is due after picture 0, to the nanosecond; at most 68
  /// years.
  static func ofPicture(_ number: Int, rate: Double) -> Duration {
    let seconds = min(Double(number) / rate, Double(Int32.max))
    let whole = seconds.rounded(.down)
    return .seconds(Int64(whole)) + .nanoseconds(Int64(((seconds - whole) * 1e9).rounded()))
  }
}
