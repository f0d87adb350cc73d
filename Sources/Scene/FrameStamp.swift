/// A frame's place in its source's account: every captured picture ends as reported, dropped or lost.
public struct FrameStamp: Sendable, Equatable {
  /// Files: index of the decoded picture from 0. Live: counts every picture, those that never reached us included.
  public var number: Int
  /// Pictures that never reached us (sequence gaps, corrupt ones) since the source began.
  public var lostSoFar: Int
  /// Those of the lost ones that did come, but damaged.
  public var damagedSoFar: Int
  public var time: FrameTime
  /// The path of the picture's own file; nil where it has none.
  public var image: String?

  public init(number: Int, lostSoFar: Int = 0, damagedSoFar: Int = 0, time: FrameTime, image: String? = nil) {
    (self.number, self.lostSoFar, self.damagedSoFar, self.time) = (number, lostSoFar, damagedSoFar, time)
    self.image = image
  }
}
