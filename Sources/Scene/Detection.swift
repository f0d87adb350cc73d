/// One object that the network found in one picture.
public struct Detection: Sendable, Equatable {
  /// Where it is; not yet clipped where the model's own rule does not clip.
  public var rect: PixelRect
  /// How sure the network is, 0…1.
  public var score: Float
  /// The model's own class number (COCO 1…90, VOC 1…20, …).
  public var classID: Int
  /// The anchor (prior) it came from: the last tie-breaker of every order.
  public var anchor: Int

  public init(rect: PixelRect, score: Float, classID: Int, anchor: Int = 0) {
    (self.rect, self.score, self.classID, self.anchor) = (rect, score, classID, anchor)
  }
}
