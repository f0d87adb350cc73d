internal import Inference
internal import Pixels
internal import Scene

/// What is known of a picture on its way, after its pixels may have gone home.
struct PictureFacts: Sendable {
  /// The number of its source.
  let source: Int
  let stamp: FrameStamp
  /// Size of the picture, in pixels.
  let width: Int
  let height: Int

  init(_ frame: borrowing Frame, of source: Int) {
    (self.source, stamp, width, height) = (source, frame.stamp, frame.width, frame.height)
  }
}

/// A picture as its source gives it.
struct CapturedPicture: ~Copyable, Sendable {
  /// The number of its source.
  let source: Int
  let frame: Frame
}

/// A picture made ready for the network.
struct PreparedPicture: ~Copyable, Sendable {
  let facts: PictureFacts
  /// The pixels, only where annotated video needs them.
  let frame: Frame?
  let treatment: Treatment
  /// What the network is to look at; nil where it does not.
  let tensor: InputTensor?
}

/// A picture with what was detected in it.
struct DetectedPicture: ~Copyable, Sendable {
  let facts: PictureFacts
  let frame: Frame?
  let treatment: Treatment
  let detections: [Detection]
}

/// A picture with what is to be reported of it.
struct FollowedPicture: ~Copyable, Sendable {
  let facts: PictureFacts
  let frame: Frame?
  let treatment: Treatment
  let objects: [SeenObject]
}
