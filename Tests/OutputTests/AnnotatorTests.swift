import Output
import Pixels
import Scene
import Testing

@Suite struct AnnotatorTests {
  private static let hasFont = (try? Lettering()) != nil

  private func seen(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double, id: Int? = 12) -> SeenObject {
    SeenObject(
      id: id, label: "person", classID: 1, score: 0.934,
      rect: PixelRect(left: left, top: top, right: right, bottom: bottom))
  }

  private func draw(_ objects: [SeenObject], on paper: Paper, lettering: consuming Lettering? = nil) {
    var annotator = Annotator(lettering: lettering)
    let time = FrameTime(sinceFirst: .zero)
    let report = FrameReport(frame: 0, time: time, width: paper.width, height: paper.height, objects: objects)
    var canvas = paper.canvas
    annotator.draw(report, on: &canvas)
  }

  @Test func aBoxIsDrawnInsideItsEdges() {
    let paper = Paper(64, 48)
    draw([seen(10, 8, 40, 30)], on: paper)
    let light = Paint.distinct(12).luma
    for (x, y) in [(10, 8), (39, 8), (10, 29), (39, 29), (11, 20), (38, 9)] { #expect(paper.luma(x, y) == light) }
    for (x, y) in [(9, 8), (40, 8), (10, 30), (12, 10), (25, 20)] { #expect(paper.luma(x, y) == Paper.gray) }
    #expect(paper.chroma(5, 4) == (Paint.distinct(12).blueness, Paint.distinct(12).redness))
    #expect(paper.chroma(12, 10) == (128, 128))
  }

  /// Everything that a detector or a tracker could come up with.
  @Test(arguments: [(1, 1), (2, 2), (7, 5), (61, 41)]) func nothingIsDrawnOutsideThePicture(width: Int, height: Int) {
    let numbers = [-Double.infinity, -1e300, -3.5, 0, 0.4, 5, 1e10, .infinity, .nan]
    let paper = Paper(width, height)
    var objects: [SeenObject] = []
    for left in numbers {
      for top in numbers {
        for far in numbers {
          objects.append(seen(left, top, far, 4, id: nil))
          objects.append(seen(left, 1, 6, far, id: Int.max))
          objects.append(seen(top, left, far, far, id: Int.min))
        }
      }
    }
    draw(objects, on: paper, lettering: try? Lettering())
    #expect(paper.fencesStand)
    #expect(paper.luma(0, 0) != Paper.gray)
  }

  @Test func whatIsNotInThePictureLeavesNoMark() {
    let paper = Paper(64, 48)
    draw(
      [seen(70, 5, 90, 20), seen(-20, 5, -1, 20), seen(.nan, 0, 20, 20), seen(20, 20, 10, 10), seen(5, 5, 5.2, 5.2)],
      on: paper, lettering: try? Lettering())
    #expect(paper.isUntouched)
  }

  @Test(.enabled(if: hasFont)) func aLabelStandsAboveItsBoxOrInsideAtTheTop() throws {
    for (top, isAbove) in [(100, true), (3, false)] {
      let (plain, labelled) = (Paper(320, 240), Paper(320, 240))
      draw([seen(50, Double(top), 90, 200)], on: plain)
      draw([seen(50, Double(top), 90, 200)], on: labelled, lettering: try Lettering())
      let rows = (0..<240).filter { y in (0..<320).contains { plain.luma($0, y) != labelled.luma($0, y) } }
      let (first, last) = (try #require(rows.first), try #require(rows.last))
      if isAbove {
        #expect(last < top && first > top - 30)
      } else {
        #expect(first >= top && last < 30)
      }
    }
  }

  @Test(.enabled(if: hasFont)) func typeGrowsWithThePicture() throws {
    func labelRows(_ width: Int, _ height: Int) throws -> Int {
      let paper = Paper(width, height)
      let (w, h) = (Double(width), Double(height))
      draw([seen(w / 4, h / 2, w / 2, h * 0.9)], on: paper, lettering: try Lettering())
      return (0..<height / 2).filter { y in (0..<width).contains { paper.luma($0, y) != Paper.gray } }.count
    }
    let (small, large) = (try labelRows(320, 240), try labelRows(1920, 1080))
    #expect(small >= 11 && small < 24)
    #expect(large >= 27 && large < 60)
  }

  @Test func labelsSayNameNumberAndPercent() {
    #expect(Annotator.text(for: seen(0, 0, 1, 1)) == "person 12 93%")
    #expect(Annotator.text(for: seen(0, 0, 1, 1, id: nil)) == "person 93%")
    var odd = seen(0, 0, 1, 1, id: nil)
    odd.score = .nan
    #expect(Annotator.text(for: odd) == "person 0%")
  }

  @Test func aMissingFontIsNamed() {
    let error = #expect(throws: LetteringError.self) { _ = try Lettering(paths: ["/nowhere/type.ttf"]) }
    #expect(error?.description == "no font found: /nowhere/type.ttf")
  }

  @Test func colorsOfNeighboursDiffer() {
    for id in 1..<200 {
      for other in id + 1..<id + 5 {
        let (one, two) = (Paint.distinct(id), Paint.distinct(other))
        let distance = abs(Int(one.blueness) - Int(two.blueness)) + abs(Int(one.redness) - Int(two.redness))
        #expect(distance > 20 && one.luma >= 128)
      }
    }
  }
}
