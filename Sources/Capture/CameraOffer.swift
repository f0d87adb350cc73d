/// A format that a camera gives, with its sizes and rates, as its driver lists them.
public struct CameraOffer: Sendable, Equatable {
  /// A size, or a range of sizes.
  public struct Size: Sendable, Equatable {
    public let width: ClosedRange<Int>
    public let height: ClosedRange<Int>
    /// The rates in pictures a second, the fastest first; of a range of rates its two ends. Empty where the driver
    /// lists none.
    public let rates: [Double]

    /// Whether it is one size.
    public var isFixed: Bool { width.count == 1 && height.count == 1 }
  }

  /// V4L2's four characters: `YUYV`, `MJPG`.
  public let code: String
  /// What the driver calls it.
  public let label: String
  public let isCompressed: Bool
  /// As options name it; nil where we cannot read it.
  public let format: CameraFormat?
  public let sizes: [Size]
}
