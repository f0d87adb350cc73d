import Output
import Pixels
import TestData
import Testing

@Suite struct LabelLayoutTests {
  private typealias Side = LabelLayout.Side

  private static let picture = PixelArea(columns: 0..<640, rows: 0..<480)
  private let layout = LabelLayout(picture: picture, height: 16)

  private func request(
    _ columns: Range<Int>, _ rows: Range<Int>, previous: LabelLayout.Place? = nil
  ) -> LabelLayout.Request {
    LabelLayout.Request(
      box: PixelArea(columns: columns, rows: rows), fullWidth: 90, briefWidth: 20, previous: previous)
  }

  /// A picture's width, height, and number of boxes.
  private static let scenes = [
    (640, 480, 1), (640, 480, 8), (640, 480, 60), (320, 240, 60), (3840, 2160, 60), (90, 16, 5),
  ]

  /// Boxes of all sizes, more small ones than large ones, anywhere in the picture.
  private func scene(_ width: Int, _ height: Int, count: Int, seed: UInt64) -> [LabelLayout.Request] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let size = random.unit() * random.unit()
      let (boxWidth, boxHeight) = (max(Int(size * Double(width)), 1), max(Int(size * Double(height)), 1))
      let left = Int.random(in: 0...width - boxWidth, using: &random)
      let top = Int.random(in: 0...height - boxHeight, using: &random)
      let full = min(Int.random(in: 40...90, using: &random), width)
      return LabelLayout.Request(
        box: PixelArea(columns: left..<left + boxWidth, rows: top..<top + boxHeight), fullWidth: full,
        briefWidth: full / 4,
        previous: nil)
    }
  }

  /// What all labels hide, each of those placed before it.
  private func hidden(_ requests: [LabelLayout.Request], _ placed: [LabelLayout.Placed]) -> Int {
    requests.indices.reduce(0) { sum, index in
      let surroundings = LabelLayout.Surroundings(
        of: requests[index], boxes: requests.map(\.box), labels: placed[..<index].map(\.plate), height: 16)
      return sum + surroundings.hidden(by: placed[index].plate)
    }
  }

  @Test(arguments: scenes) func labelsLieInThePictureAndHideLessThanAboveTheirBoxes(width: Int, height: Int, count: Int)
  {
    let layout = LabelLayout(picture: PixelArea(columns: 0..<width, rows: 0..<height), height: 16)
    var (arranged, plain) = (0, 0)
    for seed in 0..<100 as Range<UInt64> {
      let requests = scene(width, height, count: count, seed: seed)
      let placed = layout.places(for: requests)
      for (label, request) in zip(placed, requests) {
        let (columns, rows) = (label.plate.columns, label.plate.rows)
        #expect(columns.lowerBound >= 0 && columns.upperBound <= width)
        #expect(rows.lowerBound >= 0 && rows.upperBound <= height)
        #expect(columns.count == (label.place.isBrief ? request.briefWidth : request.fullWidth) && rows.count == 16)
      }
      #expect(placed == layout.places(for: requests))
      let usual = requests.map { layout.placed($0, .usual) }
      let (one, other) = (hidden(requests, placed), hidden(requests, usual))
      #expect(one <= other, "seed \(seed)")
      arranged += one
      plain += other
    }
    print("\(count) boxes in \(width)×\(height): labels hide \(arranged), above their boxes \(plain)")
    #expect(count < 8 || height < 100 || 3 * arranged < plain)
  }

  @Test func aLoneLabelStandsAboveItsBoxElseBelowElseInside() {
    let cases: [(rows: Range<Int>, plate: Range<Int>, side: Side)] = [
      (100..<200, 84..<100, .aboveLeft), (3..<200, 200..<216, .belowLeft), (0..<480, 464..<480, .belowLeft),
    ]
    for (rows, plate, side) in cases {
      let placed = layout.places(for: [request(50..<90, rows)])[0]
      #expect(placed.plate == PixelArea(columns: 50..<140, rows: plate))
      #expect(placed.place == LabelLayout.Place(side: side, isBrief: false))
    }
  }

  @Test func neighboursLabelsAvoidEachOther() {
    let requests = [request(100..<130, 100..<200), request(140..<170, 104..<204)]
    let placed = layout.places(for: requests)
    #expect(placed[0].plate.overlap(with: placed[1].plate) == 0)
    #expect(hidden(requests, placed) == 0)
  }

  @Test func aLabelWithoutRoomIsBrief() {
    // A box in the middle of a wall of boxes.
    var requests = [request(300..<330, 200..<280)]
    for row in 0..<5 {
      for column in 0..<12 { requests.append(request(column * 53..<column * 53 + 52, row * 96..<row * 96 + 95)) }
    }
    #expect(layout.places(for: requests)[0].place.isBrief)
    #expect(!layout.places(for: [requests[0]])[0].place.isBrief)
  }

  @Test func aBoxAroundAllIsBackground() {
    let all = request(0..<640, 0..<480)
    #expect(layout.places(for: [all, request(100..<130, 300..<400)])[1].place == .usual)
  }

  @Test func aLabelStaysWhereItWas() {
    let before = LabelLayout.Place(side: .belowRight, isBrief: false)
    #expect(layout.places(for: [request(100..<130, 100..<200, previous: before)])[0].place == before)
    // Where it would now hide a head it moves all the same.
    let requests = [request(100..<130, 100..<200, previous: before), request(60..<130, 200..<260)]
    #expect(layout.places(for: requests)[0].place.side != .belowRight)
  }

  @Test func labelsBeyondTheBoundStandAboveTheirBoxes() {
    let requests = [LabelLayout.Request](repeating: request(100..<130, 100..<200), count: LabelLayout.mostArranged + 5)
    #expect(layout.places(for: requests).suffix(5).allSatisfy { $0 == layout.placed(requests[0], .usual) })
  }
}
