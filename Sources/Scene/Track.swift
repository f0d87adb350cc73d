/// One object followed over time, as reported in one frame.
public struct Track: Sendable, Equatable {
  /// The number of the track, from 1, consecutive in the order of first report, never reused in a run.
  public var id: Int
  /// Where the tracker believes the object to be: its updated state, or what it predicts.
  public var rect: PixelRect
  /// Score of the detection that was matched last, 0…1.
  public var score: Float
  /// Class of the track and of all its detections.
  public var classID: Int

  public init(id: Int, rect: PixelRect, score: Float, classID: Int) {
    (self.id, self.rect, self.score, self.classID) = (id, rect, score, classID)
  }
}
