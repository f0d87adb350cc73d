import Detecting
import Model
import Scene
import Testing

@Suite struct SuppressionTests {
  @Test(arguments: 0..<40 as Range<UInt64>, [Suppression.Clipping.beforeSuppression, .afterSuppression])
  func equalsThePlainForms(seed: UInt64, clipping: Suppression.Clipping) {
    // Caps that never bite, caps per class that bite, totals that bite.
    for (perClass, total) in [(100, 100), (3, 100), (100, 7), (4, 6)] {
      let scene = HeadScene(
        seed: seed, suppression: .tensorFlow(clipping, perClass: perClass, total: total))
      let expected = PlainSuppression(scene: scene).detections()
      #expect(!expected.isEmpty)
      #expect(scene.detections() == expected)
    }
  }

  /// With one class for all, each anchor with its best score, the plain form gives the boxes; the classes are then the
  /// first that score so.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func withoutClassesTheBestOfEachAnchorSuppressesAllOthers(seed: UInt64) {
    var scene = HeadScene(seed: seed, suppression: .tensorFlow(.afterSuppression, perClass: 9, total: 8))
    var plain = scene
    plain.head.columns = 1
    plain.head.backgroundColumn = nil
    plain.classes = stride(from: 0, to: scene.classes.count, by: 4).map { scene.classes[$0 + 1..<$0 + 4].max() ?? 0 }
    let expected = PlainSuppression(scene: plain).detections()
    scene.head.suppression.isClassAgnostic = true
    let found = scene.detections()
    #expect(found.map(\.anchor) == expected.map(\.anchor))
    #expect(found.map(\.rect) == expected.map(\.rect))
    for detection in found {
      let row = Array(scene.classes[4 * detection.anchor + 1..<4 * detection.anchor + 4])
      #expect(row.firstIndex(of: detection.score).map { $0 + 1 } == detection.classID)
    }
    // A class that is not asked for suppresses all the same.
    scene.head.suppression.total = 100
    let all = scene.detections()
    #expect(scene.detections(DetectorSettings(classes: [2])) == all.filter { $0.classID == 2 })
  }

  @Test func clippingBeforeIsNotClippingAfter() {
    let differing = (0..<40 as Range<UInt64>).filter { seed in
      HeadScene(seed: seed, suppression: .tensorFlow(.beforeSuppression)).detections()
        != HeadScene(seed: seed, suppression: .tensorFlow(.afterSuppression)).detections()
    }
    #expect(differing.count > 10)
  }

  @Test func anEqualOverlapIsKept() {
    // The second box is the upper half of the first: their IoU is exactly 0.5.
    var scene = HeadScene(seed: 0, suppression: .tensorFlow(.never), anchors: 2, columns: 1)
    scene.head.anchors = [Box(yMin: 0, xMin: 0, yMax: 1, xMax: 1), Box(yMin: 0, xMin: 0, yMax: 0.5, xMax: 1)]
    scene.head.backgroundColumn = nil
    scene.boxes = Array(repeating: 0, count: 8)
    scene.classes = [0.9, 0.8]
    scene.head.suppression.iouThreshold = 0.5
    #expect(scene.detections().map(\.anchor) == [0, 1])
    scene.head.suppression.iouThreshold = Float(0.5).nextDown
    #expect(scene.detections().map(\.anchor) == [0])
  }

  @Test func onlyTheBestCandidatesOfAClassEnter() {
    var scene = HeadScene(seed: 3, suppression: .everything(above: 0))
    scene.head.suppression.candidatesPerClass = 5
    let all = HeadScene(seed: 3, suppression: .everything(above: 0)).detections()
    for column in 1..<4 {
      #expect(
        scene.detections().filter { $0.classID == column } == Array(all.filter { $0.classID == column }.prefix(5)))
    }
    // Suppressed ones use up the places too: Caffe's top_k comes before its suppression.
    scene.head.suppression.iouThreshold = 0
    #expect(scene.detections().count < 15)
  }

  @Test func theUsersCapReplacesTheTotal() {
    let scene = HeadScene(seed: 5, suppression: .tensorFlow(.beforeSuppression, total: 5))
    let uncapped = HeadScene(seed: 5, suppression: .tensorFlow(.beforeSuppression, total: 1000)).detections()
    #expect(uncapped.count > 10)
    #expect(scene.detections() == Array(uncapped.prefix(5)))
    #expect(scene.detections(DetectorSettings(maxDetections: 8)) == Array(uncapped.prefix(8)))
    #expect(scene.detections(DetectorSettings(maxDetections: 0)).isEmpty)
    #expect(scene.detections(DetectorSettings(maxDetections: .max)) == uncapped)
  }

  /// What no wish raises is the cap of a class, for each of the three, or that of those that enter.
  @Test func theCapsOfTheClassesAreTheMostThatIsGiven() {
    var scene = HeadScene(seed: 5, suppression: .everything(above: 0))
    #expect(scene.head.mostDetections == nil)
    scene.head.suppression.keptPerClass = 4
    #expect(scene.head.mostDetections == 12)
    #expect(scene.detections(DetectorSettings(maxDetections: .max)).count == 12)
    scene.head.suppression.candidatesPerClass = 2
    #expect(scene.head.mostDetections == 6)
    #expect(scene.detections(DetectorSettings(maxDetections: .max)).count == 6)
    scene.head.suppression.isClassAgnostic = true
    #expect(scene.head.mostDetections == 2)
    #expect(scene.detections(DetectorSettings(maxDetections: .max)).count == 2)
    (scene.head.suppression.keptPerClass, scene.head.suppression.candidatesPerClass) = (.max, nil)
    scene.head.suppression.classesPerBox = 2
    #expect(scene.head.mostDetections == .max)
  }

  @Test func classesAreChosenBeforeTheTotalCap() {
    let scene = HeadScene(seed: 6, suppression: .tensorFlow(.beforeSuppression, total: 4))
    let all = HeadScene(seed: 6, suppression: .tensorFlow(.beforeSuppression, total: 1000)).detections()
    #expect(scene.detections(DetectorSettings(classes: [2])) == Array(all.filter { $0.classID == 2 }.prefix(4)))
    #expect(scene.detections(DetectorSettings(classes: [0, 99])).isEmpty)
  }

  @Test func theUsersThresholdReplacesTheModelsBothWays() {
    let scene = HeadScene(seed: 7, suppression: .tensorFlow(.afterSuppression, threshold: 0.5))
    for threshold in [Float(0.2), 0.8] {
      var other = scene
      other.head.suppression.scoreThreshold = threshold
      #expect(scene.detections(DetectorSettings(threshold: threshold)) == other.detections())
      #expect(other.detections() != scene.detections())
    }
  }
}
