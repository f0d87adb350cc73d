/// A Kalman filter of one number that drifts at a nearly constant rate per frame and is itself measured.
///
/// SORT's filter has seven states. Its noises are uncorrelated and each rate moves its own number only, so the 7 × 7
/// covariance never has another entry than those of a number with itself, with its rate, and of the rate: the filter is
/// exactly four of these side by side.
struct DriftFilter {
  /// Variances of the noises, all in the square of the number's unit.
  struct Noise {
    /// Of a measurement.
    var measurement: Double
    /// Of the number and of its rate, from one frame to the next.
    var value: Double
    var rate: Double
    /// Of the number and of its rate at the first measurement.
    var initialValue: Double
    var initialRate: Double
  }

  private(set) var value: Double
  /// Change of the number from one frame to the next.
  var rate = 0.0
  private let noise: Noise
  private var valueVariance: Double
  private var covariance = 0.0
  private var rateVariance: Double

  /// A number just measured, at rest.
  init(_ value: Double, noise: Noise) {
    (self.value, self.noise) = (value, noise)
    (valueVariance, rateVariance) = (noise.initialValue, noise.initialRate)
  }

  /// Moves on by one frame: x ← F·x, P ← F·P·Fᵀ + Q with F = (1 1; 0 1).
  mutating func predict() {
    value += rate
    valueVariance += 2 * covariance + rateVariance + noise.value
    covariance += rateVariance
    rateVariance += noise.rate
  }

  /// Takes a measurement in: K = P·Hᵀ / (H·P·Hᵀ + R), x ← x + K·(z − H·x), P ← (I − K·H)·P with H = (1 0).
  mutating func correct(with measurement: Double) {
    let total = valueVariance + noise.measurement
    let (valueGain, rateGain) = (valueVariance / total, covariance / total)
    let innovation = measurement - value
    value += valueGain * innovation
    rate += rateGain * innovation
    rateVariance -= rateGain * covariance
    covariance -= valueGain * covariance
    valueVariance -= valueGain * valueVariance
  }
}
