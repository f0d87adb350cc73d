import Arguments
import Testing

@Suite struct ManualTests {
  private let lines = Example.program.manual.split(separator: "\n", omittingEmptySubsequences: false)

  /// The lines between two others.
  private func lines(from first: String, to last: String) throws -> [Substring] {
    let start = try #require(lines.firstIndex { $0 == first }, "\(first)")
    let end = try #require(lines[start...].firstIndex { $0 == last }, "\(last)")
    return Array(lines[start..<end])
  }

  @Test func thePageNamesItself() throws {
    #expect(lines.first == #".TH "WATCH" 1 "2026-11-25" "watch 1.2" "User Commands""#)
    #expect(try lines(from: ".SH NAME", to: ".SH SYNOPSIS") == [".SH NAME", #"watch \- watches footage"#])
  }

  @Test func synopsisShowsWhatIsTypedAndWhatStandsForSomething() throws {
    let synopsis = try lines(from: ".SH SYNOPSIS", to: ".SH DESCRIPTION")
    #expect(
      synopsis == [
        ".SH SYNOPSIS", ".nf", #"\fBwatch\fR \fB\-\-input\fR \fIFOOTAGE\fR \fI[OPTION]...\fR"#,
        #"\fBwatch\fR \fICOMMAND\fR \fB...\fR"#, ".fi",
      ])
  }

  @Test func everyOptionIsAnItem() throws {
    let options = try lines(from: ".SH OPTIONS", to: ".SH COMMANDS")
    let names = [
      #"\fB\-i,\fR \fB\-\-input\fR \fIFOOTAGE\fR"#, #"\fB\-\-size\fR \fIWIDTHxHEIGHT\fR"#,
      #"\fB\-\-track\fR \fIHOW\fR"#, #"\fB\-q,\fR \fB\-\-quiet\fR"#, #"\fB\-h,\fR \fB\-\-help\fR"#,
      #"\fB\-\-version\fR"#,
    ]
    for name in names {
      let place = try #require(options.firstIndex { $0 == name }, "\(name)")
      #expect(options[place - 1] == ".TP")
    }
    #expect(options.contains(#"Say nothing but errors; it\(aqs quieter."#))
  }

  @Test func commandsTellWhatIsTheirOwn() throws {
    let detect = try lines(from: ".SS watch detect", to: ".SS watch inspect")
    #expect(detect.contains(#"\fBwatch\fR \fBdetect\fR \fI[OPTION]...\fR \fIIMAGE...\fR"#))
    #expect(detect.contains(#"As without a command: \-\-quiet."#))
    #expect(!detect.contains(#"\fB\-q,\fR \fB\-\-quiet\fR"#))
  }

  @Test func topicsAndExamplesAreSections() throws {
    let environment = try lines(from: ".SH ENVIRONMENT", to: ".SH EXAMPLES")
    #expect(environment == [".SH ENVIRONMENT", ".TP", #"\fIWATCH_HOME\fR"#, #"Where \(aqfootage\(aq lies."#])
    let examples = try lines(from: ".SH EXAMPLES", to: "")
    #expect(
      examples == [
        ".SH EXAMPLES", "What is in the footage:", ".RS 4", ".EX", #"watch \-\-input a.mp4"#, ".EE", ".RE",
      ])
  }

  /// Whatever a help text says, no line of it is a request to roff, and nothing is left to roff's own reading.
  @Test func noWordIsARequest() {
    let help = #"It's `bold`. .SH 'tis \fB~^" and 50 µs, "#
    let command = Command("p", summary: help, notes: [".so /etc/passwd", "'br"])
    let lines = Program(name: "p", version: "1", main: command).manual.split(separator: "\n")
    let requests: Set<Substring> = [
      ".TH", ".nh", ".ad", ".SH", ".SS", ".PP", ".TP", ".RS", ".RE", ".EX", ".EE", ".nf", ".fi",
    ]
    for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(requests.contains(line.prefix { $0 != " " }), "\(line)")
    }
    let text = #"It\(aqs \fBbold\fR. .SH \(aqtis \efB\(ti\(ha\(dq and 50 \[u00B5]s,"#
    #expect(lines.contains { $0 == text })
    #expect(lines.contains(#"\&.so /etc/passwd"#))
    #expect(lines.contains(#"\(aqbr"#))
  }
}
