import Capture
import FFmpeg
import Foundation
import Pixels
import Posix
import Scene
import Testing

@Suite final class PictureSourceTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "pictures-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Writes a gray picture of `side` × 2 pixels.
  private func add(_ name: String, side: Int = 4) throws {
    try StillPicture.writePNG(
      folder.appending(path: name).path, rgb: [UInt8](repeating: 128, count: side * 2 * 3), width: side, height: 2)
  }

  private func add(_ name: String, bytes: [UInt8]) throws { try Data(bytes).write(to: folder.appending(path: name)) }

  private func list(_ name: String = "") throws -> PictureList? {
    try PictureList(path: name.isEmpty ? folder.path : folder.path + "/" + name)
  }

  private func names(_ list: PictureList?) -> [String]? {
    list?.paths.map { String($0.dropFirst(folder.path.count + 1)) }
  }

  @Test func aFolderGivesItsPicturesInNaturalOrder() throws {
    for name in ["b10.png", "b9.png", "a 1.PNG", ".hidden.png"] { try add(name) }
    for name in ["notes.txt", "png", "clip.mp4"] { try add(name, bytes: [1]) }
    try FileManager.default.createDirectory(at: folder.appending(path: "c.png"), withIntermediateDirectories: false)
    #expect(names(try list()) == ["a 1.PNG", "b9.png", "b10.png"])
    #expect(try list()?.passedOver == 3)
    #expect(names(try PictureList(path: "file://\(folder.path)")) == ["a 1.PNG", "b9.png", "b10.png"])
  }

  /// Whatever is a picture by its name is looked at; one that FFmpeg cannot read is then told.
  @Test func picturesOfRareKindsAreInTheFolderToo() throws {
    let names = ["a.avif", "b.DPX", "c.exr", "d.jfif", "e.jxl", "f.pcx", "g.qoi", "h.sgi", "i.xwd"]
    for name in names + ["j.svg", "k.txt"] { try add(name, bytes: [1]) }
    #expect(self.names(try list()) == names)
    #expect(try list()?.passedOver == 2)
  }

  @Test func linksThatLeadNowhereAreCounted() throws {
    try add("a.png")
    for (link, target) in [("b.png", "nowhere.png"), ("c", "nowhere"), ("d.png", "a.png"), (".e.png", "nowhere.png")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: link).path, withDestinationPath: folder.appending(path: target).path)
    }
    #expect(names(try list()) == ["a.png", "d.png"])
    #expect(try list()?.passedOver == 2)
  }

  @Test func numberedPicturesComeByNumberFromTheLowest() throws {
    for name in ["f_0009.png", "f_0010.png", "f_0007.png", "f_12345.png", "f_7.png", "g_0001.png", "f_0001.jpg"] {
      try add(name, bytes: [])
    }
    #expect(names(try list("f_%04d.png")) == ["f_0007.png", "f_0009.png", "f_0010.png", "f_12345.png"])
    #expect(names(try list("f_%d.png")) == ["f_7.png", "f_12345.png"])
  }

  /// Time goes by the number, whether a picture is missing or cannot be read; a number of any size does no harm.
  @Test func aHoleAmongTheNumbersIsOneInTime() throws {
    try add("f3.png", bytes: [1])
    for number in [4, 5, 9, 999_999_999_999_999_999] { try add("f\(number).png") }
    try add("f8.png", bytes: [1])
    var source = try PictureSource(try #require(try list("f%d.png")), rate: 10, interrupt: Interrupt())
    var times: [Duration] = []
    while let frame = try source.next() { times.append(frame.stamp.time.sinceFirst) }
    #expect(times == [.zero, .milliseconds(100), .milliseconds(500), .seconds(Int32.max)])
    let account = source.trouble.account
    #expect(account[.leftOut] == 2 && account[.numberWithout] == 999_999_999_999_999_997 - 6)
    #expect(account.firstNumberWithout == 6)
  }

  @Test func whatExistsUnderItsNameIsNoPattern() throws {
    try add("f_%d.png")
    try add("f_1.png")
    #expect(try list("f_%d.png") == nil)
    var source = try FootageSource(path: folder.path + "/f_%d.png", interrupt: Interrupt())
    var count = 0
    while try source.next() != nil { count += 1 }
    #expect(count == 1)
  }

  @Test func whatIsNeitherFolderNorPatternIsNoList() throws {
    try add("a.png")
    #expect(try list("a.png") == nil && list("none.png") == nil && list("%d%d.png") == nil && list("%s.png") == nil)
    #expect(try PictureList(path: "http://127.0.0.1/%d.png") == nil && PictureList(path: "-") == nil)
  }

  @Test func emptyFoldersAndPatternsAreNamed() throws {
    #expect(throws: CaptureError(source: folder.path, reason: "is a folder without pictures")) { try list() }
    let pattern = folder.path + "/f%d.png"
    #expect(throws: CaptureError(source: pattern, reason: "no file has a name of this pattern")) {
      try list("f%d.png")
    }
    #expect(throws: CaptureError(source: "/nowhere/%d.png", reason: "no such file or directory")) {
      try PictureList(path: "/nowhere/%d.png")
    }
  }

  @Test func picturesOfAllSizesComeAtTheirTimesAndBrokenOnesAreCounted() throws {
    try add("1.jpg", bytes: [1, 2, 3])
    for number in 2...5 { try add("\(number).png", side: number) }
    try add("3.png", bytes: Array("no picture at all".utf8))
    try add("read me", bytes: [])
    var source = try PictureSource(try #require(try list()), rate: 4, interrupt: Interrupt())
    let info = source.info
    #expect([info.width, info.height, info.frameCount] == [2, 2, 5])
    #expect(info.frameRate == 4)
    var seen: [[Int]] = []
    while let frame = try source.next() {
      #expect(frame.stamp.time.sinceFirst == .milliseconds(250 * seen.count))
      #expect(frame.stamp.image == "\(folder.path)/\(frame.width).png")
      seen.append([frame.stamp.number, frame.width, frame.height])
    }
    #expect(seen == [[0, 2, 2], [1, 4, 2], [2, 5, 2]])
    var expected = SourceTrouble.Account()
    (expected[.leftOut], expected[.passedOver]) = (2, 1)
    // FFmpeg's own words.
    let reason = try #require(source.trouble.account.firstLeftOut).reason
    #expect(!reason.isEmpty)
    expected.firstLeftOut = SourceTrouble.LeftOut(name: "1.jpg", reason: reason)
    #expect(source.trouble.account == expected)
    let told = "2 damaged packets or pictures were left out (the first: 1.jpg: \(reason))"
    #expect(source.trouble.account.summary == "1 file that is no picture was passed over; \(told)")
  }

  /// No picture is read whose side is beyond what the engine resamples: it would end the run of all the others.
  @Test func aPictureThatIsTooLargeIsLeftOut() throws {
    try add("1.png", side: 16_385)
    try add("2.png", side: 3)
    var source = try PictureSource(try #require(try list()), interrupt: Interrupt())
    let width = try source.next()?.width
    #expect(width == 3)
    #expect(source.trouble.account[.leftOut] == 1)
    let reason = "picture of 16385×2: sides must be 1 to 16384 pixels long"
    #expect(source.trouble.account.firstLeftOut == SourceTrouble.LeftOut(name: "1.png", reason: reason))
    // Of footage nothing can be left out.
    let path = folder.appending(path: "1.png").path
    var footage = try FootageSource(path: path, interrupt: Interrupt())
    do {
      let hasOne = try footage.next() != nil
      Issue.record("a picture of 16385 pixels is read: \(hasOne)")
    } catch { #expect(error == CaptureError(source: path, reason: reason)) }
  }

  @Test func whereNoPictureCanBeDecodedTheFirstIsNamed() throws {
    for number in 1...3 { try add("\(number).png", bytes: [0]) }
    do {
      _ = try PictureSource(try #require(try list()), interrupt: Interrupt())
      Issue.record("three broken pictures are a source")
    } catch let error as CaptureError {
      #expect(error.source == folder.path + "/1.png")
      #expect(error.reason.hasSuffix("nor can any of the other 2 pictures be decoded"))
    }
  }

  @Test func anInterruptEndsThePictures() throws {
    for number in 1...3 { try add("\(number).png") }
    let interrupt = Interrupt()
    var source = try PictureSource(try #require(try list()), interrupt: interrupt)
    let hasFirst = try source.next() != nil
    interrupt.request()
    let hasSecond = try source.next() != nil
    #expect(hasFirst && !hasSecond)
  }

  @Test func naturalOrderIsAnOrder() {
    let sorted = ["", "1", "01", "2", "10", "a", "a1b", "a01b", "a1c", "a2", "a10", "a10b", "b", "é"]
    let byZeros = ["1", "01"].sorted(by: NaturalOrder.precedes)
    #expect(byZeros == ["01", "1"])
    let expected = ["", "01", "1", "2", "10", "a", "a01b", "a1b", "a1c", "a2", "a10", "a10b", "b", "é"]
    #expect(sorted.shuffled().sorted(by: NaturalOrder.precedes) == expected)
    for one in sorted {
      for other in sorted {
        let (before, after) = (NaturalOrder.precedes(one, other), NaturalOrder.precedes(other, one))
        #expect((before || after) == (one != other) && !(before && after), "\(one), \(other)")
      }
    }
    #expect(NaturalOrder.precedes("99999999999999999999999", "100000000000000000000000"))
  }

  @Test func numberedNamesAreThoseThatFFmpegWrites() {
    let name = NumberedName("100%%_%03d.png")
    #expect(name?.number(of: "100%_007.png") == 7 && name?.number(of: "100%_1234.png") == 1234)
    for other in ["100%_07.png", "100%_0123.png", "100%_abc.png", "100%_.png", "100%_+07.png", "x100%_007.png"] {
      #expect(name?.number(of: other) == nil, "\(other)")
    }
    #expect(NumberedName("%d")?.number(of: "0") == 0 && NumberedName("%d")?.number(of: "99999999999999999999") == nil)
    #expect(NumberedName("a%da.a")?.number(of: "a.a") == nil)
    for none in ["plain.png", "%", "%04", "%4d", "%099d", "%d_%d", "%x"] {
      #expect(NumberedName(none) == nil, "\(none)")
    }
  }

  @Test func fileURLsBecomePaths() throws {
    try add("a b%20c.png")
    #expect(LocalPath.of("file:\(folder.path)/x") == folder.path + "/x")
    #expect(LocalPath.of("file://localhost\(folder.path)/a%20b%2520c.png") == folder.path + "/a b%20c.png")
    #expect(LocalPath.of("file://\(folder.path)/a b%20c.png") == folder.path + "/a b%20c.png")
    #expect(LocalPath.of("file:///%zz%+1%0") == "/%zz%+1%0")
    #expect(
      LocalPath.of("/plain") == "/plain" && LocalPath.of("-") == "-" && LocalPath.of("http://x/y") == "http://x/y")
  }
}
