import Scene
import Testing

@Suite struct CountedTests {
  @Test func onlyOneIsSingular() {
    #expect([0, 1, 2, 21].map { $0.counted("frame") } == ["0 frames", "1 frame", "2 frames", "21 frames"])
    #expect([1, 2].map { $0.counted("class is", "classes are") } == ["1 class is", "2 classes are"])
  }
}
