import Arguments
import StreamApp
import Testing

/// What a command line may say of how a model reads pictures.
@Suite struct ChannelOptionTests {
  /// Returns what is wrong with `words`; empty where they are a run.
  private func complaint(_ words: String...) -> String {
    do {
      _ = try Options.program.parse(["--input", "a.mp4"] + words)
      return ""
    } catch { return "\(error)" }
  }

  @Test(arguments: ["0", "1,0,1", "1e-60", "nan", "1e7", "1,2", "1,,3", ""]) func aScaleIsNotZero(text: String) {
    #expect(complaint("--scale", text).contains("is not a number other than 0, or three with commas between them"))
  }

  @Test func aMeanMayBeZero() {
    #expect(complaint("--mean", "0").isEmpty && complaint("--mean", "0,1.5,-2").isEmpty)
    #expect(complaint("--scale", "-0.5").isEmpty && complaint("--scale", "1,2,3").isEmpty)
  }
}
