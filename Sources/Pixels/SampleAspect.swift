/// How much wider than high the samples of a picture are: 1:1 where they are square.
public struct SampleAspect: Sendable, Equatable {
  /// Parts of width, at least 1.
  public let width: Int
  /// Parts of height, at least 1.
  public let height: Int

  /// Nil iff a part is not positive or above 2^31 − 1.
  public init?(width: Int, height: Int) {
    let parts = 1...Int(Int32.max)
    guard parts.contains(width), parts.contains(height) else { return nil }
    (self.width, self.height) = (width, height)
  }

  private init() { (width, height) = (1, 1) }

  public static let square = SampleAspect()
}
