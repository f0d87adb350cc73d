internal import KernelCalls
internal import Model

extension ResizeRule {
  /// Returns the taps of one axis of `source` samples for each of `target` samples; all lie inside the source. A rule of
  /// whole numbers has its own, and one here that nobody uses.
  ///
  /// - Precondition: `source` is in 1…16384, so that float32 holds every position's whole part.
  func taps(from source: Int, to target: Int) -> [Tap] {
    switch self {
    case .openCV, .pillow: return [Tap(low: 0, high: 0, weight: 0)]
    case .tensorFlowLegacy:
      let scale = Float(source) / Float(target)
      return (0..<target).map { index in
        let position = Float(index) * scale
        let low = min(Int(position), source - 1)
        return Tap(low: Int32(low), high: Int32(min(low + 1, source - 1)), weight: position - position.rounded(.down))
      }
    case .halfPixelCenters:
      let scale = Float(source) / Float(target)
      return (0..<target).map { index in
        let position = max((Float(index) + 0.5) * scale - 0.5, 0)
        let low = min(Int(position), source - 1)
        return Tap(low: Int32(low), high: Int32(min(low + 1, source - 1)), weight: position - Float(low))
      }
    }
  }
}
