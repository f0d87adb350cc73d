import Model
import Testing

/// Which values of a tensor an order or a part of it names.
struct RearrangementTests {
  private let whole = Rearrangement(of: [2, 3, 4])

  @Test func allValuesStandInTheirOrder() {
    #expect(whole.places == Array(0..<24) && whole.steps == [12, 4, 1])
    #expect(Rearrangement(of: []).places == [0] && Rearrangement(of: [2, 0, 3]).places == [])
  }

  @Test func axesInAnotherOrderAreATransposition() {
    let turned = whole.transposed([2, 0, 1])
    #expect(turned?.counts == [4, 2, 3])
    #expect(turned?.places.prefix(7) == [0, 4, 8, 12, 16, 20, 1])
    for order in [[0, 1], [0, 1, 1], [0, 1, 3], [-1, 0, 1]] { #expect(whole.transposed(order) == nil) }
  }

  @Test func partsGoInStepsOfEitherSign() {
    #expect(
      whole.part(1, from: 2, count: 2, step: -2).places == [8, 9, 10, 11, 0, 1, 2, 3, 20, 21, 22, 23, 12, 13, 14, 15])
    #expect(whole.part(0, from: 1, count: 1).part(2, from: 1, count: 2).places == [13, 14, 17, 18, 21, 22])
  }

  @Test func repetitionsLieInARow() {
    #expect(Rearrangement(of: [1, 2]).repeated([2, 2]).places == [0, 1, 0, 1, 0, 1, 0, 1])
    #expect(Rearrangement(of: [2]).repeated([3]).counts == [3, 2])
  }

  @Test func whatLeavesTheTensorIsKnown() {
    #expect(whole.lies(in: 24) && !whole.lies(in: 23))
    #expect(!whole.part(1, from: 1, count: 3).lies(in: 24))
    #expect(!whole.part(0, from: 0, count: 2, step: -1).lies(in: 24))
    #expect(!Rearrangement(counts: [2, 2], steps: [.max, .max]).lies(in: .max))
    #expect(!Rearrangement(counts: [.max, 2], steps: [1, 1]).lies(in: .max))
    #expect(
      !Rearrangement(counts: [2], steps: [1, 1]).lies(in: 9) && !Rearrangement(counts: [-1], steps: [1]).lies(in: 9))
    #expect(Rearrangement(first: 99, counts: [0], steps: [1]).lies(in: 1))
  }
}
