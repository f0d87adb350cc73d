import Scene
import Testing

@Suite struct TrimmedTests {
  @Test func whiteSpaceAtBothEndsIsLeftOut() {
    #expect(["", " \t", "a", " a b\r\n", "a b"].map { String($0.trimmed) } == ["", "", "a", "a b", "a b"])
  }
}
