import Arguments
import Testing

@Suite struct NearestTests {
  @Test(arguments: [
    ("persn", "person"), ("Person", "person"), ("preson", "person"), ("persoon", "person"), ("bicicle", "bicycle"),
    ("ca", "car"), ("trafic light", "traffic light"),
  ])
  func mistypedWordsAreFound(typed: String, meant: String) {
    #expect(nearest(to: typed, in: ["person", "bicycle", "car", "traffic light"]) == meant)
  }

  @Test(arguments: ["zebra", "", "p", "xxxxxxxxxxxxxxxxxxx"])
  func strangeWordsAreNotGuessed(typed: String) {
    #expect(nearest(to: typed, in: ["person", "bicycle", "car"]) == nil)
  }

  @Test func nothingIsNearestToNothing() { #expect(nearest(to: "a", in: []) == nil) }

  @Test func theNearestWinsAndThenTheFirst() {
    #expect(nearest(to: "threads", in: ["thread", "threads"]) == "threads")
    #expect(nearest(to: "cat", in: ["car", "cab"]) == "car")
  }
}
