import Scene
import Testing

@Suite struct ListedTests {
  @Test func whatIsLeftOutIsCounted() {
    let names = ["a", "b", "c"]
    #expect([1, 2, 3, 4].map(names.listed) == ["a and 2 more", "a, b and 1 more", "a, b, c", "a, b, c"])
    #expect([String]().listed(most: 2).isEmpty)
  }
}
