import FFmpeg
import Foundation
import Posix
import TestData
import Testing

/// Which JPEG pictures are not all there, by their markers and by what the decoder says.
@Suite struct JPEGScansTests {
  private func areMissing(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { JPEGScans.areMissing(in: $0) } }
  private func areEnded(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { JPEGScans.areEnded(in: $0) } }

  /// A head whose thumbnail has a frame, a scan and an end of its own.
  private let head: [UInt8] = [
    0xFF, 0xD8, 0xFF, 0xE1, 0, 23, 0xFF, 0xD8, 0xFF, 0xC0, 0, 8, 8, 0, 8, 0, 8, 1, 0xFF, 0xDA, 0, 3, 1, 0xFF, 0xD9, 7,
    7,
  ]
  private let end: [UInt8] = [0xFF, 0xD9]

  /// The segment of a frame of three components.
  private func frame(_ marker: UInt8) -> [UInt8] { [0xFF, marker, 0, 8, 8, 0, 16, 0, 16, 3] }

  /// A scan of so many components, with a restart, a byte that looks like a marker, and fill.
  private func scan(_ count: UInt8) -> [UInt8] { [0xFF, 0xDA, 0, 3, count, 5, 0xFF, 0, 3, 0xFF, 0xD0, 4, 0xFF, 0xFF] }

  @Test func aSingleScanNeedsNoEnd() {
    #expect(!areMissing(head + frame(0xC0) + scan(3)))
    #expect(!areMissing(head + frame(0xC0) + scan(3) + end + [0, 0, 0xFF, 0xD8, 0xFF]))
    #expect(!areMissing([0, 0] + head.dropFirst(2)), "the decoder's to judge")
  }

  @Test func severalScansDo() {
    let three = scan(1) + [0xFF, 0xC4, 0, 4, 0xFF, 0xD9] + scan(1) + scan(1)
    for marker: UInt8 in [0xC0, 0xC1, 0xC2] {
      let isProgressive = marker == 0xC2
      #expect(!areMissing(head + frame(marker) + three + end + [0xFF, 0xDA, 0, 9]), "what is behind does not matter")
      #expect(areMissing(head + frame(marker) + three) == isProgressive, "they are counted")
      #expect(areMissing(head + frame(marker) + scan(1) + scan(1)))
      #expect(areMissing(head + frame(marker) + scan(1) + end) == !isProgressive, "a component never came")
    }
    #expect(areMissing(head + frame(0xC0) + end) && areMissing(head + frame(0xC2) + end), "no scan")
  }

  @Test func aThumbnailIsNotThePicture() {
    let picture = head + frame(0xC0) + scan(3)
    for count in 2...head.count + frame(0xC0).count { #expect(areMissing(Array(picture.prefix(count))), "\(count)") }
  }

  @Test func thePictureEndsAfterItsLastScan() {
    let whole = head + frame(0xC0) + scan(3) + end
    #expect(areEnded(whole))
    #expect(areEnded(whole + [0, 0, 0, 0, 0xFF]), "filled up")
    #expect(!areEnded(whole + scan(1)), "another scan begins")
    for count in 0..<whole.count { #expect(!areEnded(Array(whole.prefix(count))), "\(count)") }
    #expect(!areEnded(head), "the end of a thumbnail is none")
    #expect(!areEnded(head + end), "without a scan")
    #expect(!areEnded(scan(3) + end) && !areEnded(end), "no beginning")
  }

  /// What stands between two segments is passed over, as decoders do.
  @Test func fillingsBeforeAMarkerDoNotMatter() {
    for filling: [UInt8] in [[0xFF], [0xFF, 0xFF, 0xFF], [0, 0]] {
      let picture = head + filling + frame(0xC0) + filling + scan(3)
      #expect(!areMissing(picture) && areMissing(Array(picture.dropLast(scan(3).count))), "\(filling)")
      #expect(areEnded(picture + end) && !areEnded(picture), "\(filling)")
    }
  }

  /// Pictures of `coding` as FFmpeg writes them: noise, so that each block has its bits.
  private func picture(_ coding: [String]) throws -> Data {
    let path = FileManager.default.temporaryDirectory.appending(path: "scans-\(UUID().uuidString).jpg")
    defer { try? FileManager.default.removeItem(at: path) }
    let source = ["-f", "lavfi", "-i", "testsrc2=size=96x64", "-vf", "noise=alls=20", "-frames:v", "1"]
    let ended = try Ended(
      URL(filePath: "/usr/bin/env"), ["ffmpeg", "-loglevel", "error"] + source + coding + [path.path])
    try #require(ended.status == 0, "\(ended.errors)")
    return try Data(contentsOf: path)
  }

  /// Whether a file of `data` is a picture; where it is none, what is said of it.
  private func complaint(_ data: Data) throws -> String? {
    let path = FileManager.default.temporaryDirectory.appending(path: "scans-\(UUID().uuidString).jpg")
    defer { try? FileManager.default.removeItem(at: path) }
    try data.write(to: path)
    do {
      _ = try StillPicture.read(path.path)
      return nil
    } catch { return error.description }
  }

  /// All of a picture's blocks are in it, or it is none.
  @Test func aPictureThatIsCutShortIsNone() throws {
    let data = try picture(["-q:v", "4"])
    #expect(try complaint(data) == nil)
    #expect(try complaint(data.dropLast(2)) == nil, "without its end")
    #expect(try complaint(data + Data(repeating: 0, count: 999)) == nil, "filled up")
    #expect(try complaint(data.dropLast(2) + Data(repeating: 0, count: 999)) == nil)
    for part in 1..<20 {
      let said = try complaint(data.prefix(data.count * part / 20))
      #expect(said == "the picture is cut short or damaged", "\(part): \(said ?? "")")
    }
  }

  @Test func aPacketThatIsCutShortGivesNoFrame() throws {
    let data = try picture(["-q:v", "4"])
    var decoder = try PacketDecoder(.jpeg)
    for count in [data.count, data.count / 3, data.count - 2, data.count / 2, data.count, 20] {
      let decoded = try data.prefix(count).withUnsafeBytes { bytes in
        let decoded = try decoder.decode(bytes, ticket: count)
        return (decoded.frame != nil, decoded.isUndecodable)
      }
      #expect(decoded == (count >= data.count - 2, count < data.count - 2), "\(count)")
    }
  }
}
