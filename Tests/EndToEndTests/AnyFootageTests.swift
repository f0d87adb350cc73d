import Foundation
import TestData
import Testing

/// Every file of the shared footage, as FFmpeg's own program counts its pictures and turns them upright.
@Suite(.serialized, .waiting, .enabled(if: TestData.hasShared)) struct AnyFootageTests {
  @Test(arguments: [
    Expected("derived/vtest_8s_h264.mkv", 80), Expected("derived/vtest_8s_h264.mp4", 80),
    Expected("derived/vtest_8s_hevc.mp4", 80), Expected("derived/vtest_8s_mjpeg.avi", 80),
    Expected("derived/vtest_8s_mpeg2.ts", 80), Expected("derived/vtest_8s_mpeg4.avi", 80),
    Expected("derived/vtest_8s_vp9.webm", 80), Expected("derived/vtest_8s_vfr.mp4", 44),
    Expected("derived/vtest_8s_rotate90.mp4", 80, size: [576, 768]),
    Expected("derived/vtest_4s_audio_first.mp4", 40), Expected("derived/vtest_4s_gray_ffv1.mkv", 40),
    Expected("derived/vtest_4s_hevc10bit.mp4", 40),
    Expected("derived/vtest_4s_oddsize_444.mkv", 40, size: [767, 575]),
    Expected(
      "derived/truncated.mkv", 45, says: "it ended early: its last picture is of 4.4 s, where it says it has 8.0 s"),
    Expected("derived/bitflips_h264.mkv", 80, says: "56 pictures are damaged in part"),
    Expected("derived/bitflips_mpeg4.avi", 80, says: "67 pictures are damaged in part"),
    Expected("intel/one-by-one-person-detection.mp4", 1394, size: [768, 432]),
    Expected("opencv/Megamind_bugy.avi", 270, size: [720, 528]), Expected("opencv/tree.avi", 68, size: [320, 240]),
    Expected("opencv/vtest.avi", 795),
  ])
  func footageIsReadToItsEnd(expected: Expected) throws {
    let path = TestData.shared("video/\(expected.name)").path
    let ending = try Program.run(["--input", path, "--threshold", "0.9", "--track", "none", "--every", "10"])
    #expect(ending.status == 0)
    let lines = try EventLine.all(in: ending.output)
    #expect(lines.map(\.frame) == Array(0..<expected.count))
    #expect(lines.allSatisfy { [$0.width, $0.height] == expected.size })
    #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.time < $1.time })
    // What was wrong, where something was; then the summary.
    let complaints = ending.errors.split(separator: "\n").dropLast().map(String.init)
    #expect(complaints == (expected.complaint.map { ["stream: \(path): \($0)"] } ?? []))
  }

  static let lackOfIndex =
    "is cut short: it has 0.2 MB of more than 0.4 MB, and not the index (moov) without which an MP4 cannot be read"

  @Test(arguments: [
    ("audio_only.m4a", "has no video stream"), ("empty.mp4", "is empty"),
    ("garbage.mp4", "is not video that FFmpeg can read"),
    ("truncated_no_moov.mp4", lackOfIndex),
  ])
  func whatHoldsNoPictureIsRefused(name: String, reason: String) throws {
    let path = TestData.shared("video/derived/\(name)").path
    let ending = try Program.run(["--input", path])
    #expect(ending.status == 1)
    #expect(ending.output.isEmpty)
    #expect(ending.errors == "stream: \(path): \(reason)\n")
  }

  /// No file may be added without saying what is expected of it.
  @Test func theTablesNameEveryFile() throws {
    let files = try FileManager.default.subpathsOfDirectory(atPath: TestData.shared("video").path)
    let known = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
    for file in files where file.contains(".") {
      #expect(
        known.contains("/\(URL(filePath: file).lastPathComponent)\"")
          || known.contains("(\"\(URL(filePath: file).lastPathComponent)\""))
    }
  }

  /// Footage, and what comes out of it.
  struct Expected: CustomTestStringConvertible, Sendable {
    let name: String
    let count: Int
    let size: [Int]
    let complaint: String?

    init(_ name: String, _ count: Int, size: [Int] = [768, 576], says complaint: String? = nil) {
      (self.name, self.count, self.size, self.complaint) = (name, count, size, complaint)
    }

    var testDescription: String { name }
  }
}
