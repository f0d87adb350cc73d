internal import Glibc
internal import Model

/// How logits become scores in float32, and the least logit that may pass a threshold.
struct ScoreRule {
  let conversion: ScoreConversion
  /// A score passes when it is greater.
  let threshold: Float
  /// No smaller logit passes; one that is not smaller need not pass.
  ///
  /// With softmax it is the logit's lead over the background's: the score is at most the sigmoid of that lead.
  let logitBound: Float

  /// The rule for scores greater than `threshold`; no score is greater than one that is not a number.
  init(_ conversion: ScoreConversion, threshold: Float) {
    (self.conversion, self.threshold) = (conversion, threshold)
    logitBound =
      switch conversion {
      case .identity: threshold
      // 1/(1 + e⁻ˣ) in float32 is off by a few units in the last place.
      case .sigmoid: Self.logit(below: threshold, by: 1e-6)
      // A sum of some thousand exponentials, each off by 2⁻¹⁸ at most where it counts.
      case .softmax: Self.logit(below: threshold, by: 1e-3)
      }
  }

  /// Returns a float not above the logit of `threshold` lowered by a relative `slack` and by what float32 loses at
  /// its smallest numbers.
  private static func logit(below threshold: Float, by slack: Double) -> Float {
    let lowered = Double(threshold) * (1 - slack) - 1e-44
    if lowered <= 0 { return -.infinity }
    if lowered >= 1 { return .infinity }
    return (Float(log(lowered / (1 - lowered))) - Float(slack)).nextDown
  }

  /// Returns the sigmoid of a logit.
  static func sigmoid(_ logit: Float) -> Float { 1 / (1 + exp(-logit)) }

  /// Writes the softmax of `logits` to the start of `scores`; all are not-a-number where one logit is.
  static func softmax(of logits: Span<Float>, into scores: inout MutableSpan<Float>) {
    var greatest = -Float.infinity
    for index in logits.indices { greatest = max(greatest, logits[index]) }
    var sum: Float = 0
    for index in logits.indices {
      let power = exp(logits[index] - greatest)
      scores[index] = power
      sum += power
    }
    for index in logits.indices { scores[index] /= sum }
  }
}
