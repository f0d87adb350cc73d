import Arguments
import Testing

@Suite struct ParseTests {
  @Test func valuesComeWithTheirTypes() throws {
    let values = try #require(
      try Example.values(
        "--input", "a.mp4", "--threshold=0.25", "--threads", "4", "--size", "1280x720", "--patience", "1.5s", "--track",
        "none", "-q"))
    #expect(values.command == "watch")
    #expect(values[Example.input] == "a.mp4")
    #expect(values[Example.threshold] == 0.25)
    #expect(values[Example.threads] == 4)
    #expect(values[Example.size] == PictureSize(width: 1280, height: 720))
    #expect(values[Example.patience] == .milliseconds(1500))
    #expect(values[Example.tracker] == .none)
    #expect(values[Example.quiet])
    #expect(!values[Example.stats])
  }

  @Test func whatIsLeftOutHasItsDefaultOrNone() throws {
    let values = try #require(try Example.values())
    #expect(values[Example.input] == nil)
    #expect(values[Example.threshold] == 0.5)
    #expect(values[Example.tracker] == .sort)
    #expect(values[Example.classes].isEmpty)
    #expect(!values.has("threshold"))
  }

  @Test func repeatedOptionsKeepAllValuesInOrder() throws {
    let values = try #require(try Example.values("--classes", "person,car", "--classes=dog"))
    #expect(values[Example.classes] == [["person", "car"], ["dog"]])
  }

  @Test func lettersMayBeJoined() throws {
    let values = try #require(try Example.values("-qsi", "a"))
    #expect(values[Example.quiet] && values[Example.stats] && values[Example.input] == "a")
    #expect(try Example.values("-sia=b")?[Example.input] == "a=b")
  }

  @Test func valuesMayLookLikeOptionsWhereTheyAreJoined() throws {
    #expect(try Example.values("--input=--odd")?[Example.input] == "--odd")
    #expect(try Example.values("--input=a=b")?[Example.input] == "a=b")
    #expect(try Example.values("--input", "-")?[Example.input] == "-")
    #expect(Example.error("--input", "--quiet") == .missingValue(option: "--input", placeholder: "FOOTAGE"))
    #expect(Example.error("--input") == .missingValue(option: "--input", placeholder: "FOOTAGE"))
  }

  @Test func commandsHaveTheirOwnOptionsAndArguments() throws {
    let detect = try #require(try Example.values("detect", "a.png", "-q", "--", "--b.png"))
    #expect(detect.command == "detect")
    #expect(detect[Example.images] == ["a.png", "--b.png"])
    let inspect = try #require(try Example.values("inspect", "m.pb"))
    #expect(inspect[Example.model] == "m.pb" && inspect[Example.output] == nil)
    #expect(Example.error("detect") == .missingArgument("IMAGE"))
    #expect(Example.error("detect", "a", "--threads", "2") == .unknownOption("--threads", nearest: nil))
    #expect(Example.error("inspect", "a", "b", "c") == .unexpectedArgument("c"))
    #expect(Example.error("--quiet", "a") == .unexpectedArgument("a"))
  }

  @Test func mistakesAreToldWithWhatWasMeant() {
    #expect(Example.error("--treshold", "1")?.description == "unknown option '--treshold'; did you mean '--threshold'?")
    #expect(Example.error("--zebra")?.description == "unknown option '--zebra'")
    #expect(Example.error("detcet")?.description == "unknown command 'detcet'; did you mean 'detect'?")
    #expect(Example.error("-x") == .unknownOption("-x", nearest: nil))
    #expect(
      Example.error("inspect", "--model", "m.pb")?.description == "unknown option '--model'; did you mean 'MODEL'?")
    #expect(Example.error("--quiet=yes")?.description == "--quiet takes no value")
    #expect(Example.error("--threads=1", "--threads=2")?.description == "--threads was given twice")
    #expect(
      Example.error("--track", "srot")?.description
        == "--track: 'srot' is not one of sort, none; did you mean 'sort'?")
    #expect(
      Example.error("--threshold", "1.5")?.description == "--threshold: '1.5' is not a number from 0 to 1")
  }

  @Test(arguments: ["", "1.5", "0", "65", "four", "99999999999999999999", "0x4", " 4"])
  func impossibleWholeNumbersAreRefused(text: String) {
    #expect(
      Example.error("--threads=\(text)")
        == .impossibleValue(
          subject: "--threads", text: text, expected: "a whole number from 1 to 64", nearest: nil))
  }

  @Test(arguments: ["", "nan", "inf", "-0.1", "1.01", "0x1p-1", "1e400", "0,5", "half"])
  func impossibleDecimalsAreRefused(text: String) { #expect(Example.error("--threshold=\(text)") != nil) }

  @Test(arguments: ["", "1280", "1280x", "x720", "0x720", "1280x720x3", "-1x2", "99999x2", "1280X720"])
  func impossibleSizesAreRefused(text: String) { #expect(Example.error("--size=\(text)") != nil) }

  @Test(arguments: [
    ("500ms", Duration.milliseconds(500)), ("5s", .seconds(5)), ("2m", .seconds(120)), ("0.5h", .seconds(1800)),
    ("0s", .zero), ("0.1s", .milliseconds(100)),
  ])
  func durationsHaveUnits(text: String, duration: Duration) throws {
    #expect(try Example.values("--patience", text)?[Example.patience] == duration)
  }

  @Test(arguments: ["", "5", "s", "-1s", "1e300h", "nans", "25h", "5 s", "ms"])
  func impossibleDurationsAreRefused(text: String) {
    #expect(
      Example.error("--patience=\(text)")?.description
        == "--patience: \(text.isEmpty ? "an empty value" : "'\(text)'") is not a time such as 500ms, 5s or 2m, from 0s to 24h"
    )
  }

  @Test func errorsStayOnOneLine() {
    #expect(Example.error("--a\nb\u{1b}[31m")?.description == #"unknown option '--a\u{a}b\u{1b}[31m'"#)
  }

  @Test(arguments: [
    ([0x74, 0xFC, 0x72, 0x2E, 0x61, 0x76, 0x69], #"argument 't\xFCr.avi' is not UTF-8"#),
    (Array("ü\n".utf8) + [0xE2, 0x82], #"argument 'ü\u{a}\xE2\x82' is not UTF-8"#),
  ])
  func whatIsNoTextIsShownReadably(bytes: [UInt8], line: String) {
    #expect(UsageError.illegible(bytes).description == line)
  }

  @Test func noWordsMakeTheParserTrap() {
    var random = SystemRandomNumberGenerator()
    let pieces = ["-", "--", "=", "input", "q", "i", "detect", "1", "x", "é", "", "--classes", ",", "-qi"]
    for _ in 0..<5000 {
      let words = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }.joined()
      }
      do throws(UsageError) {
        if case .text(let text) = try Example.program.parse(words) { #expect(!text.isEmpty) }
      } catch { #expect(!error.description.contains("\n")) }
    }
  }
}
