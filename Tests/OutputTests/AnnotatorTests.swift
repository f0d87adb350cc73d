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

  @Test func aPredictedBoxIsDashed() {
    let (paper, plain) = (Paper(96, 80), Paper(96, 80))
    var object = seen(10, 8, 80, 70)
    draw([object], on: plain)
    object.isPredicted = true
    draw([object], on: paper)
    let light = Paint.distinct(12).luma
    // Dashes begin at all corners; some of each edge is drawn, and some is not, and nothing else.
    for (x, y) in [(10, 8), (79, 8), (10, 69), (79, 69)] { #expect(paper.luma(x, y) == light) }
    for y in [8, 69] {
      let drawn = (10..<80).count { paper.luma($0, y) == light }
      #expect((25...60).contains(drawn), "\(drawn) of 70")
    }
    let drawn = (8..<70).count { paper.luma(10, $0) == light }
    #expect((22...50).contains(drawn), "\(drawn) of 62")
    for y in 0..<80 {
      for x in 0..<96 where plain.luma(x, y) == Paper.gray { #expect(paper.luma(x, y) == Paper.gray) }
    }
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

  /// Returns the rows and columns on which the label of a box alone in a picture is drawn.
  private func labelArea(of object: SeenObject, width: Int, height: Int) throws -> (rows: [Int], columns: [Int]) {
    let (plain, labelled) = (Paper(width, height), Paper(width, height))
    draw([object], on: plain)
    draw([object], on: labelled, lettering: try Lettering())
    let rows = (0..<height).filter { y in (0..<width).contains { plain.luma($0, y) != labelled.luma($0, y) } }
    let columns = (0..<width).filter { x in (0..<height).contains { plain.luma(x, $0) != labelled.luma(x, $0) } }
    return (rows, columns)
  }

  @Test(.enabled(if: hasFont)) func aLabelStandsAboveItsBoxOrBelowAtTheTop() throws {
    for (top, isAbove) in [(100, true), (3, false)] {
      let area = try labelArea(of: seen(50, Double(top), 90, 200), width: 320, height: 240)
      let (first, last) = (try #require(area.rows.first), try #require(area.rows.last))
      if isAbove {
        #expect(last < top && first > top - 30)
      } else {
        #expect(first >= 200 && last < 230)
      }
    }
  }

  /// A long name is shortened, and the ink reaches to the plate's end: the score is there.
  @Test(.enabled(if: hasFont), arguments: [(320, 240), (768, 576)]) func longNamesAreWrittenToTheirEnd(
    width: Int, height: Int
  ) throws {
    var object = seen(50, 100, 90, 200)
    object.label = String(repeating: "very ", count: 1000) + "long"
    let paper = Paper(width, height)
    draw([object], on: paper, lettering: try Lettering())
    let area = try labelArea(of: object, width: width, height: height)
    #expect(area.columns.count > 100 && area.columns.count < width)
    let paint = Paint.distinct(12)
    // Ink in every tenth of the plate, but for the margins.
    for part in 0..<10 {
      let columns = area.columns[area.columns.count * part / 10..<area.columns.count * (part + 1) / 10]
      let isInked = area.rows.contains { y in
        columns.contains { abs(Int(paper.luma($0, y)) - Int(paint.luma)) > 80 && paint.ink == .black }
      }
      #expect(isInked, "tenth \(part)")
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
    #expect(large >= 25 && large < 60)
  }

  @Test(.enabled(if: hasFont)) func labelsSayNameNumberAndPercent() throws {
    var type = try Lettering()
    type.use(size: 12)
    func full(_ object: SeenObject, width: Int = 300) -> String {
      LabelText(object).full(in: &type, toFit: width)
    }
    #expect(full(seen(0, 0, 1, 1)) == "person 12 93%")
    #expect(full(seen(0, 0, 1, 1, id: nil)) == "person 93%")
    #expect(LabelText(seen(0, 0, 1, 1)).brief == "12" && LabelText(seen(0, 0, 1, 1, id: nil)).brief == "person")
    var odd = seen(0, 0, 1, 1, id: nil)
    odd.score = .nan
    #expect(full(odd) == "person 0%")
    odd.label = "a person whose name is long"
    #expect(full(odd, width: 100).hasPrefix("a per") && full(odd, width: 100).hasSuffix("… 0%"))
    #expect(full(odd, width: 20) == "0%")
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
        #expect(distance > 20)
      }
    }
  }
}
