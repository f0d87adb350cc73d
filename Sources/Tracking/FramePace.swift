/// How far apart frames usually are, by which a gap is told from a slow source.
struct FramePace {
  private var last: Duration?
  private var usual: Duration?

  /// Takes the time of the next frame, and returns whether it is further from the one before than a second and than
  /// `count` usual steps.
  mutating func isGap(to time: Duration, steps count: Int) -> Bool {
    defer { last = time }
    guard let last else { return false }
    let step = max(time - last, .zero)
    guard let usual else {
      self.usual = step
      return false
    }
    let limit = max(.seconds(1), usual * count)
    // A source that slows down is believed little by little. A quicker one is at once: what was usual may have been a
    // gap behind the first frame.
    self.usual = usual + (min(step, limit) - usual) / (step < usual ? 2 : 8)
    return step > limit
  }
}
