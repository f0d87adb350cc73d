/// The parameters of SORT.
public struct SortSettings: Sendable, Equatable {
  /// A track dies when it was missed in more frames than this, one after the other.
  public var maxAge: Int
  /// A track is reported once it was matched in so many frames, one after the other; in the first frames of the
  /// source, or behind a gap, as many as this, at once.
  public var minHits: Int
  /// A detection and a track belong together when their IoU is not below this, 0…1.
  public var minIoU: Double

  /// - Precondition: the counts are not negative, `minIoU` is a number.
  public init(maxAge: Int = 1, minHits: Int = 3, minIoU: Double = 0.3) {
    precondition(maxAge >= 0 && minHits >= 0 && !minIoU.isNaN, "These settings do not describe a tracker.")
    (self.maxAge, self.minHits, self.minIoU) = (maxAge, minHits, minIoU)
  }
}
