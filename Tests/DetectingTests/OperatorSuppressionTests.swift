import Detecting
import Model
import Scene
import Testing

/// The rules in which TensorFlow Lite's detection operator differs from the other families.
@Suite struct OperatorSuppressionTests {
  /// A head of which nothing is suppressed: `scores` row by row, one box in each.
  private func scene(_ scores: [[Float]]) -> HeadScene {
    var scene = HeadScene(
      seed: 1, suppression: .everything(above: 0.25), anchors: scores.count, columns: scores[0].count)
    scene.head.backgroundColumn = nil
    scene.head.anchors = scores.indices.map { Box(yMin: Float($0), xMin: 0, yMax: Float($0) + 0.5, xMax: 0.5) }
    scene.boxes = Array(repeating: 0, count: 4 * scores.count)
    scene.classes = scores.flatMap { $0 }
    return scene
  }

  @Test func aScoreAtTheFilesThresholdPassesAndAtAUsersDoesNot() {
    var scene = scene([[0.25], [0.5]])
    #expect(scene.detections().map(\.anchor) == [1])
    scene.head.suppression.includesThreshold = true
    #expect(scene.detections().map(\.anchor) == [1, 0])
    #expect(scene.detections(DetectorSettings(threshold: 0.25)).map(\.anchor) == [1])
  }

  @Test func aFinalTotalCanOnlyBeLowered() {
    var scene = scene([[0.9], [0.8], [0.7]])
    (scene.head.suppression.total, scene.head.suppression.isTotalFinal) = (2, true)
    #expect(scene.detections(DetectorSettings(maxDetections: 9)).map(\.anchor) == [0, 1])
    #expect(scene.head.mostDetections == 2)
    #expect(scene.detections(DetectorSettings(maxDetections: 1)).map(\.anchor) == [0])
  }

  @Test func ofEqualScoresTheLaterClassStaysBelowTheTotal() {
    var scene = scene([[0.5, 0.5, 0.5], [0.5, 0, 0.5]])
    scene.head.suppression.total = 3
    #expect(scene.detections().map(\.classID) == [0, 0, 1])
    (scene.head.suppression.prefersLaterClass, scene.head.suppression.isTotalFinal) = (true, true)
    let found = scene.detections()
    #expect(found.map(\.classID) == [1, 2, 2] && found.map(\.anchor) == [0, 0, 1])
    #expect(scene.detections(DetectorSettings(maxDetections: 1)).map(\.classID) == [1])
  }

  @Test func aBoxMayHaveItsBestFewClassesWhateverTheyScore() {
    var scene = scene([[0.1, 0.9, 0.3], [0.6, 0.05, 0.2], [0.2, 0.1, 0.2]])
    (scene.head.suppression.isClassAgnostic, scene.head.suppression.classesPerBox) = (true, 2)
    let found = scene.detections()
    #expect(found.map(\.score) == [0.9, 0.6, 0.3, 0.2])
    #expect(found.map(\.classID) == [1, 0, 2, 2] && found.map(\.anchor) == [0, 1, 0, 1])
    // A user's threshold is for every detection; classes that are not asked for leave the box in place.
    #expect(scene.detections(DetectorSettings(threshold: 0.25)).map(\.score) == [0.9, 0.6, 0.3])
    #expect(scene.detections(DetectorSettings(classes: [2])).map(\.score) == [0.3, 0.2])
    (scene.head.suppression.total, scene.head.suppression.isTotalFinal) = (1, true)
    #expect(scene.detections().map(\.anchor) == [0, 0])
    #expect(scene.head.mostDetections == 2)
    scene.classes[2] = .nan
    #expect(scene.detections().map(\.score) == [0.9, 0.1])
  }

  /// Four equal scores for three places: the C++ library's heap keeps these, and orders them so.
  @Test func tiesOfClassesAreThoseOfTheReferencesHeap() {
    var scene = scene([[0.5, 0.5, 0.5, 0.5]])
    (scene.head.suppression.isClassAgnostic, scene.head.suppression.classesPerBox) = (true, 3)
    #expect(scene.detections().map(\.classID) == [0, 1, 2])
    // A better one takes the place of the heap's top.
    scene.classes = [0.5, 0.5, 0.5, 0.75]
    #expect(scene.detections().map(\.classID) == [3, 0, 1])
  }

  @Test func edgesAreMovedByMultiplesOfTheAnchorsSizes() {
    var scene = scene([[0.5]])
    scene.head.anchors = [Box(yMin: 0.25, xMin: 0.5, yMax: 0.75, xMax: 0.75)]
    scene.head.coder = BoxCoder(order: .xyxy, centerYFactor: 1, centerXFactor: 1, heightFactor: 1, widthFactor: 1)
    scene.boxes = [-1, 0.5, 1, -0.5]
    #expect(scene.detections().map(\.rect) == [PixelRect(left: 0.25, top: 0.5, right: 1, bottom: 0.5)])
  }

  @Test func theOperatorDividesInDouble() throws {
    var scene = scene([[0.5]])
    scene.head.centeredAnchors = [CenteredBox(y: 0.5, x: 0.25, height: 0.5, width: 0.125)]
    scene.head.coder = BoxCoder(order: .yxhw, dividingBy: BoxScales(y: 10, x: 10, height: 5, width: 5))
    scene.boxes = [1, -2, 0, 0]
    let rect = try #require(scene.detections().first?.rect)
    #expect(
      rect
        == PixelRect(
          left: Double(0.225 as Float - 0.0625), top: Double(0.55 as Float - 0.25),
          right: Double(0.225 as Float + 0.0625), bottom: Double(0.55 as Float + 0.25)))
  }
}
