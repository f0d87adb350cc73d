package import Pixels
internal import Scene

/// What is done with a frame besides reporting it.
package enum Treatment: Sendable {
  /// The network looks at it.
  case detect
  /// The tracks move on as they are expected to.
  case coast
  /// Nothing moved: the tracks stay as they are.
  case hold
}

/// When a run detects; the default is on each frame.
package struct PacingSettings: Sendable, Equatable {
  /// How often at most.
  package enum Rhythm: Sendable, Equatable {
    /// On each frame whose number is by so many above that of the last one detected on; at least 1.
    case every(Int)
    /// So many times a second of the frames' own times; above 0.
    case rate(Double)
  }

  package var rhythm: Rhythm
  /// How much must change for a picture not to be still, in grey levels (`MotionGate`); nil detects on still ones too.
  package var motionThreshold: Double?
  /// Detections in a row after something moved: as many as a tracker wants to see before it reports.
  package var settling: Int

  /// - Parameters:
  ///   - motionThreshold: above 0.
  ///   - settling: at least 1.
  package init(rhythm: Rhythm = .every(1), motionThreshold: Double? = nil, settling: Int = 4) {
    (self.rhythm, self.motionThreshold, self.settling) = (rhythm, motionThreshold, settling)
  }

  /// Whether only some frames are detected on even where all move.
  var isSparse: Bool { rhythm != .every(1) }
}

/// Chooses the frames of one source that are detected on.
///
/// The choice hangs on the frames alone, never on the clock or on how long detecting takes: the same footage and settings
/// give the same choice.
package struct Pacer: Sendable {
  private let settings: PacingSettings
  private var gate: MotionGate?
  /// Number of the last frame detected on.
  private var last: Int?
  /// The next time for which the rate allows a detection.
  private var next = Duration.zero
  /// The time from which on a still picture is detected on all the same.
  private var refresh = Duration.zero
  /// Detections still to come before still pictures are passed over.
  private var unsettled = 0

  /// A still picture is detected on again after so long: what the gate missed is missed no longer.
  static let longestStillness = Duration.seconds(5)

  /// A pacer before the first frame, which is detected on.
  package init(_ settings: PacingSettings) {
    self.settings = settings
    gate = settings.motionThreshold.map { MotionGate(threshold: $0) }
  }

  /// Chooses what is done with `frame`, the next of the source.
  ///
  /// - Throws: `PictureError` where there is a gate and the frame's size is out of range.
  package mutating func treatment(of frame: borrowing Frame) throws(PictureError) -> Treatment {
    let stamp = frame.stamp
    let time = stamp.time.sinceFirst
    let isMoving = try gate?.differs(frame) ?? true
    if isMoving || time >= refresh { unsettled = max(settings.settling, 1) }
    let isStill = unsettled == 0
    guard !isStill, isDue(stamp) else { return isMoving ? .coast : .hold }
    unsettled -= 1
    gate?.keep()
    (last, refresh) = (stamp.number, time + Self.longestStillness)
    if case .rate(let rate) = settings.rhythm {
      let interval = Duration.seconds(1 / rate)
      // On a grid, so that a rate that frames do not divide is kept in the mean; never catching up after a gap.
      next += interval
      if next <= time { next = time + interval }
    }
    return .detect
  }

  /// Whether the rhythm allows a detection at `stamp`.
  private func isDue(_ stamp: FrameStamp) -> Bool {
    guard let last else { return true }
    return switch settings.rhythm {
    case .every(let count): stamp.number - last >= count
    // A frame's time is rounded, a camera's trembles: a little early is in time.
    case .rate(let rate): stamp.time.sinceFirst + .seconds(1 / rate / 16) >= next
    }
  }
}
