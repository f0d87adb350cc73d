import Scene
import Testing
import Tracking

@Suite struct SortTrackerTests {
  @Test func theFirstFramesReportAtOnce() {
    var scene = FollowedScene()
    #expect(scene.see([.walker(at: 10)]).map(\.id) == [1])
    #expect(scene.see([.walker(at: 12), .walker(at: 200)]).map(\.id) == [1, 2])
  }

  @Test func aLateTrackIsReportedAfterThreeMatchesInARow() {
    var scene = FollowedScene()
    for _ in 1...5 { #expect(scene.see([]).isEmpty) }
    for step in 0..<3 { #expect(scene.see([.walker(at: 10 + step)]).isEmpty) }
    #expect(scene.see([.walker(at: 13)]).map(\.id) == [1])
    // A miss starts the run anew, but the id stays.
    #expect(scene.see([]).isEmpty)
    for step in 0..<2 { #expect(scene.see([.walker(at: 15 + step)]).isEmpty) }
    #expect(scene.see([.walker(at: 17)]).map(\.id) == [1])
  }

  @Test func aTrackDiesWhenMissedMoreOftenThanItsAge() {
    var patient = FollowedScene(SortSettings(maxAge: 3, minHits: 0))
    var hasty = FollowedScene(SortSettings(maxAge: 2, minHits: 0))
    for step in 0..<3 {
      #expect(patient.see([.walker(at: step)]).map(\.id) == [1])
      #expect(hasty.see([.walker(at: step)]).map(\.id) == [1])
    }
    for _ in 0..<3 {
      #expect(patient.see([]).isEmpty)
      #expect(hasty.see([]).isEmpty)
    }
    #expect(patient.see([.walker(at: 6)]).map(\.id) == [1])
    #expect(hasty.see([.walker(at: 6)]).map(\.id) == [2])
  }

  @Test func walkersWhoCrossKeepTheirIds() {
    var scene = FollowedScene()
    for step in 0...40 {
      // One passes before the other, on lines 12 pixels apart.
      let tracks = scene.see([.walker(at: 4 * step), .walker(at: 160 - 4 * step, top: 12)])
      #expect(tracks.map(\.id) == [1, 2], "step \(step)")
      #expect(tracks.count == 2 && abs(tracks[0].rect.left - Double(4 * step)) < 4)
    }
  }

  @Test func idsAreGivenWhenReportedAndNeverAgain() {
    var scene = FollowedScene(SortSettings(maxAge: 0))
    for _ in 0..<4 { _ = scene.see([]) }
    // Flickers: never matched three times, so it costs no number.
    for step in 0..<6 { #expect(scene.see(step % 2 == 0 ? [.walker(at: 300)] : []).isEmpty) }
    var told: [Int] = []
    for round in 0..<3 {
      for step in 0..<5 { told += scene.see([.walker(at: 100 * round + step)]).map(\.id) }
      #expect(scene.see([]).isEmpty)
    }
    #expect(told == [1, 1, 2, 2, 3, 3])
  }

  @Test func anotherClassIsAnotherTrack() {
    var scene = FollowedScene()
    #expect(scene.see([.walker(at: 10)]).map(\.classID) == [1])
    // Same place, now a dog: the person is missed, the dog is new.
    let tracks = scene.see([.walker(at: 10, classID: 18)])
    #expect(tracks.map(\.id) == [2] && tracks.map(\.classID) == [18])
    let both = scene.see([.walker(at: 10, classID: 18), .walker(at: 10)])
    #expect(both.map(\.id) == [1, 2] && both.map(\.classID) == [1, 18])
  }

  @Test func aTrackCarriesTheScoreOfItsDetection() {
    var scene = FollowedScene()
    #expect(scene.see([.walker(at: 10, score: 0.25)]).map(\.score) == [0.25])
    #expect(scene.see([.walker(at: 10, score: 0.75)]).map(\.score) == [0.75])
  }

  @Test func pairsBelowTheGateAreDissolved() {
    // 40 wide, moved by 20: the IoU is 1/3.
    var loose = FollowedScene(SortSettings(minHits: 0, minIoU: 0.33))
    var tight = FollowedScene(SortSettings(minHits: 0, minIoU: 0.34))
    #expect(loose.see([.walker(at: 0)]).map(\.id) == [1])
    #expect(loose.see([.walker(at: 20)]).map(\.id) == [1])
    #expect(tight.see([.walker(at: 0)]).map(\.id) == [1])
    #expect(tight.see([.walker(at: 20)]).map(\.id) == [2])
  }

  @Test func numbersThatAreNoBoxAreIgnored() {
    var scene = FollowedScene()
    var broken: [Detection] = []
    for edge in [\PixelRect.left, \.top, \.right, \.bottom] {
      for value in [Double.nan, .infinity, -.infinity] {
        var detection = Detection.walker(at: 10)
        detection.rect[keyPath: edge] = value
        broken.append(detection)
      }
    }
    broken.append(Detection(rect: PixelRect(left: 5, top: 5, right: 5, bottom: 9), score: 1, classID: 1))
    #expect(scene.see(broken).isEmpty)
    #expect(scene.see(broken + [.walker(at: 10)]).map(\.id) == [1])
    #expect(scene.see([.walker(at: 11)] + broken).map(\.id) == [1])
  }

  @Test func betweenDetectionsTracksGoOnAsTheyDid() {
    var scene = FollowedScene()
    for step in 0...5 { _ = scene.see([.walker(at: 4 * step)]) }
    for step in 6...8 {
      let tracks = scene.coast()
      #expect(tracks.map(\.id) == [1])
      #expect(tracks.allSatisfy { abs($0.rect.left - Double(4 * step)) < 2 && abs($0.rect.width - 40) < 1 })
    }
    #expect(scene.standing == scene.standing && scene.standing.map(\.id) == [1])
    #expect(scene.see([.walker(at: 36)]).map(\.id) == [1])
  }

  @Test func framesWithoutDetectionsAgeNoTrack() {
    var scene = FollowedScene(SortSettings(maxAge: 0, minHits: 0))
    _ = scene.see([.walker(at: 10)])
    for _ in 0..<50 { #expect(scene.coast().map(\.id) == [1]) }
    #expect(scene.see([.walker(at: 10)]).map(\.id) == [1])
    // A miss is one, and the track is not told after it.
    #expect(scene.see([]).isEmpty)
    #expect(scene.coast().isEmpty && scene.standing.isEmpty)
  }

  @Test func onlyWhatWasReportedIsTold() {
    var scene = FollowedScene()
    for _ in 0..<5 { _ = scene.see([]) }
    for _ in 0..<3 {
      _ = scene.see([.walker(at: 10)])
      #expect(scene.coast().isEmpty)
    }
    #expect(scene.see([.walker(at: 10)]).map(\.id) == [1])
    #expect(scene.coast().map(\.id) == [1])
  }

  /// Who is seen hours later is nobody who was seen before.
  @Test(arguments: [Duration.seconds(1), .seconds(20), .seconds(5 * 3600)]) func aGapInTimeEndsAllTracks(gap: Duration)
  {
    var scene = FollowedScene()
    for step in 0...5 { #expect(scene.see([.walker(at: step)]).map(\.id) == [1]) }
    scene.time += gap
    // As in the first frames of the source: told at once.
    for step in 6...9 { #expect(scene.see([.walker(at: step)]).map(\.id) == [2]) }
    scene.time += .milliseconds(850)
    #expect(scene.see([.walker(at: 10)]).map(\.id) == [2])
  }

  @Test func whatCouldNotBeMissedForSoLongEndsOnlyLater() {
    var patient = FollowedScene(SortSettings(maxAge: 40))
    for _ in 0...5 { #expect(patient.see([.walker(at: 10)]).map(\.id) == [1]) }
    patient.time += .seconds(4)
    #expect(patient.see([.walker(at: 10)]).map(\.id) == [1])
    patient.time += .seconds(60)
    #expect(patient.see([.walker(at: 10)]).map(\.id) == [2])
  }

  @Test func gapsAreSeenInFramesWithoutDetectionsToo() {
    for isHeld in [false, true] {
      var scene = FollowedScene()
      for _ in 0...5 { _ = scene.see([.walker(at: 10)]) }
      // Frames in which nobody looks are no gap.
      for _ in 0..<30 { #expect((isHeld ? scene.hold() : scene.coast()).map(\.id) == [1]) }
      #expect(scene.see([.walker(at: 10)]).map(\.id) == [1])
      scene.time += .seconds(2)
      #expect((isHeld ? scene.hold() : scene.coast()).isEmpty && scene.standing.isEmpty)
      #expect(scene.see([.walker(at: 10)]).map(\.id) == [2])
    }
  }

  @Test func aSlowSourceHasNoGaps() {
    var scene = FollowedScene(step: .seconds(10))
    for _ in 0...5 { #expect(scene.see([.walker(at: 10)]).map(\.id) == [1]) }
    scene.time += .seconds(30)
    for _ in 0...5 { #expect(scene.see([.walker(at: 10)]).map(\.id) == [1]) }
    scene.time += .seconds(60)
    #expect(scene.see([.walker(at: 10)]).map(\.id) == [2])
  }

  @Test func aSourceThatSlowsDownIsBelievedSoon() {
    var scene = FollowedScene()
    for _ in 0...20 { _ = scene.see([.walker(at: 10)]) }
    scene.step = .seconds(2)
    for _ in 0..<5 { _ = scene.see([.walker(at: 10)]) }
    let id = scene.see([.walker(at: 10)]).map(\.id)
    for _ in 0...10 { #expect(scene.see([.walker(at: 10)]).map(\.id) == id) }
  }

  @Test func aGapBehindTheFirstFrameIsNotUsual() {
    var scene = FollowedScene()
    // With one step nobody knows yet what is usual.
    #expect(scene.see([.walker(at: 10)]).map(\.id) == [1])
    scene.time += .seconds(3600)
    for _ in 0..<30 { #expect(scene.see([.walker(at: 10)]).map(\.id) == [1]) }
    scene.time += .seconds(2)
    #expect(scene.see([.walker(at: 10)]).map(\.id) == [2])
  }

  @Test func enormousBoxesEndTheirTracksQuietly() {
    var scene = FollowedScene(SortSettings(maxAge: 5, minHits: 0))
    for size in [1.0, 1e76, 1e150, 1e153, 1e154, 1] {
      let rect = PixelRect(left: -size, top: -size, right: size, bottom: size)
      for track in scene.see([Detection(rect: rect, score: 1, classID: 1)]) { #expect(track.rect.area.isFinite) }
    }
  }
}

/// A tracker with its clock.
private struct FollowedScene {
  private var tracker: SortTracker
  /// Of the last frame.
  var time = Duration.zero
  /// From frame to frame.
  var step: Duration

  init(_ settings: SortSettings = SortSettings(), step: Duration = .milliseconds(100)) {
    tracker = SortTracker(settings)
    self.step = step
  }

  /// Shows the next frame.
  mutating func see(_ detections: [Detection]) -> [Track] {
    time += step
    return tracker.update(with: detections, at: FrameTime(sinceFirst: time))
  }

  /// Lets the next frame pass without looking.
  mutating func coast() -> [Track] {
    time += step
    return tracker.coast(to: FrameTime(sinceFirst: time))
  }

  /// Lets the next frame pass, which shows nothing new.
  mutating func hold() -> [Track] {
    time += step
    return tracker.hold(to: FrameTime(sinceFirst: time))
  }

  var standing: [Track] { tracker.standing }
}

extension Detection {
  /// Somebody 40 pixels wide and 100 high.
  fileprivate static func walker(at left: Int, top: Int = 0, score: Float = 0.9, classID: Int = 1) -> Detection {
    Detection(
      rect: PixelRect(
        left: Double(left), top: Double(top), right: Double(left + 40), bottom: Double(top + 100)),
      score: score, classID: classID)
  }
}
