internal import Detecting
internal import Glibc
internal import Posix
internal import Scene

/// One lane of the stage that detects: a detector, and so much time for each picture as a test may ask for.
struct DetectingLane: ~Copyable {
  private var detector: Detector
  private let slowness: Duration

  fileprivate init(_ detector: consuming Detector, slowness: Duration) {
    self.detector = detector
    self.slowness = slowness
  }

  /// Returns `picture` with what is in it; with nothing where it was not prepared.
  mutating func detect(_ picture: consuming PreparedPicture) -> DetectedPicture {
    let start = monotonicNow()
    let (facts, treatment) = (picture.facts, picture.treatment)
    var detections: [Detection] = []
    if let tensor = picture.tensor {
      detections = detector.detect(tensor, width: facts.width, height: facts.height)
      if slowness > .zero { sleep(until: start + slowness) }
    }
    return DetectedPicture(facts: facts, frame: picture.frame, treatment: treatment, detections: detections)
  }
}

/// What makes the lanes, and knows what time their threads take.
final class DetectingLanes: Sendable {
  private let loaded: LoadedModel
  private let settings: DetectorSettings
  /// Of each lane.
  private let threads: Int
  private let slowness: Duration
  private let helpers = Guarded<[@Sendable () -> Duration]>([])

  init(_ loaded: LoadedModel, _ settings: DetectorSettings, threads: Int, slowness: Duration) {
    (self.loaded, self.settings, self.threads, self.slowness) = (loaded, settings, threads, slowness)
  }

  /// Returns one more lane.
  ///
  /// - Throws: `DetectorError` where the network's outputs do not fit its head.
  func makeLane() throws(DetectorError) -> sending DetectingLane {
    let detector = try loaded.detector(settings, threads: threads)
    helpers.withLock { [time = detector.helpersTime] in $0.append(time) }
    return DetectingLane(detector, slowness: slowness)
  }

  /// The processor time that the lanes' own threads have used so far, also after they have gone.
  var helpersTime: Duration { helpers.withLock { $0.reduce(.zero) { $0 + $1() } } }
}

/// Sleeps until `deadline` on the monotonic clock.
private func sleep(until deadline: Duration) {
  let rest = deadline - monotonicNow()
  if rest > .zero { usleep(UInt32(min(rest / .microseconds(1), 1e7))) }
}
