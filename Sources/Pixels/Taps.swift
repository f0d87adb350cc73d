internal import KernelCalls

extension Tap {
  /// Returns the taps of one axis of `source` samples for each of `target` samples; all lie inside the source.
  ///
  /// - Parameter hasCenters: whether a sample stands for the middle of its pixel (TensorFlow's `half_pixel_centers`), or
  ///   for the corner, as in TensorFlow's first years.
  /// - Precondition: `source` is in 1…16384, so that float32 holds every position's whole part.
  static func taps(from source: Int, to target: Int, hasCenters: Bool) -> [Tap] {
    let scale = Float(source) / Float(target)
    return (0..<target).map { index in
      let position = hasCenters ? max((Float(index) + 0.5) * scale - 0.5, 0) : Float(index) * scale
      let low = min(Int(position), source - 1)
      let weight = hasCenters ? position - Float(low) : position - position.rounded(.down)
      return Tap(low: Int32(low), high: Int32(min(low + 1, source - 1)), weight: weight)
    }
  }
}
