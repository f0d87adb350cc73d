/// What is told about one frame: the content of one line of the event log.
public struct FrameReport: Sendable, Equatable {
  /// The number of the frame (`FrameStamp.number`).
  public var frame: Int
  /// Which source it is from, where there are several.
  public var source: String?
  public var time: FrameTime
  /// Live sources: pictures skipped because newer ones had come, since the report before.
  public var dropped: Int
  /// Live sources: pictures that never reached us, since the report before.
  public var lost: Int
  /// The path of the picture's own file, of a folder's or of numbered ones.
  public var image: String?
  /// Whether the network looked at this frame; else its objects are the tracker's expectation.
  public var isDetected: Bool
  /// Size of the picture as shown, in pixels.
  public var width: Int
  public var height: Int
  /// Tracks by id, or detections by falling score; rectangles in pixels of the picture.
  public var objects: [SeenObject]

  public init(
    frame: Int, source: String? = nil, time: FrameTime, dropped: Int = 0, lost: Int = 0, image: String? = nil,
    isDetected: Bool = true, width: Int, height: Int, objects: [SeenObject]
  ) {
    (self.frame, self.source, self.time, self.dropped, self.lost) = (frame, source, time, dropped, lost)
    (self.image, self.isDetected) = (image, isDetected)
    (self.width, self.height, self.objects) = (width, height, objects)
  }
}

/// One object of a report.
public struct SeenObject: Sendable, Equatable {
  /// The track's number; nil without tracking.
  public var id: Int?
  /// The label's text.
  public var label: String
  public var classID: Int
  /// 0…1; of a predicted one that of its last detection.
  public var score: Float
  /// In pixels of the picture, not yet clipped to it.
  public var rect: PixelRect
  /// Whether nobody looked in this frame, and this is where the tracker expects it.
  public var isPredicted: Bool

  public init(
    id: Int? = nil, label: String, classID: Int, score: Float, rect: PixelRect, isPredicted: Bool = false
  ) {
    (self.id, self.label, self.classID, self.score, self.rect) = (id, label, classID, score, rect)
    self.isPredicted = isPredicted
  }
}
