/// What a user wants of the detections, over the model's own rules; nil keeps the rule of the model.
public struct DetectorSettings: Sendable, Equatable {
  /// A detection is reported when its score is greater than this, compared in float32; replaces the model's own
  /// threshold, also downwards.
  public var threshold: Float?
  /// The classes that are reported; all others are left out before `maxDetections` is counted.
  public var classes: Set<Int>?
  /// At most so many detections of a picture, by falling score; replaces the model's total, not its cap per class.
  public var maxDetections: Int?

  /// - Precondition: `threshold` is a number, `maxDetections` is not negative.
  public init(threshold: Float? = nil, classes: Set<Int>? = nil, maxDetections: Int? = nil) {
    precondition(threshold.map { !$0.isNaN } ?? true, "A threshold is a number.")
    precondition(maxDetections ?? 0 >= 0, "A cap is not negative.")
    (self.threshold, self.classes, self.maxDetections) = (threshold, classes, maxDetections)
  }
}
