import Capture
import Foundation
import TestData
import Testing

/// Cameras that compress their pictures.
@Suite(.waiting) struct CompressedCameraTests {
  /// A folder with forty pictures, each lighter than the one before, as a camera of the format `code` would give them.
  private final class Clip {
    let folder = FileManager.default.temporaryDirectory.appending(path: "stream-\(UUID())")
    let code: String

    init(_ code: String) throws {
      self.code = code
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let pictures = "nullsrc=size=64x48:rate=25,geq=lum='40+4*N+mod(7*X+13*Y,32)':cb=128:cr=128"
      let coding =
        code == "MJPG"
        ? ["-pix_fmt", "yuvj422p", "-q:v", "2", "-f", "mjpeg"]
        : ["-c:v", "libx264", "-tune", "zerolatency", "-g", "10", "-bsf:v", "h264_metadata=aud=insert", "-f", "h264"]
      let ended = try Ended(
        URL(filePath: "/usr/bin/env"),
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", pictures, "-frames:v", "40", "-pix_fmt", "yuv420p"]
          + coding + [path.path])
      try #require(ended.status == 0, "\(ended.errors)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: URL { folder.appending(path: "clip") }

    /// What the probe sees of a camera that gives it, and nothing else.
    func probe(_ count: Int, faults: String = "", rate: Int = 50) throws -> CameraProbe {
      let camera = try PreloadCamera(formats: "\(code):64x48:\(rate):\(path.path)", faults: faults)
      return try withExtendedLifetime(self) { try CameraProbe(count, ["trouble=1"], of: camera) }
    }
  }

  /// Expects that each picture is the one that its number says: 4 lighter than the one before.
  private func expectPicturesAreThose(_ probe: CameraProbe, sourceLocation: SourceLocation = #_sourceLocation) {
    guard let first = probe.frames.first else { return }
    for frame in probe.frames {
      // Full range stretches the step from 4 to 4.66.
      let step = (frame.mean - first.mean) / Double(max(frame.number - first.number, 1))
      #expect(frame.number == first.number || (3.5...5.2).contains(step), sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: ["MJPG", "H264"]) func compressedPicturesAreDecoded(code: String) throws {
    let probe = try Clip(code).probe(20)
    #expect(probe.frames.count == 20, "\(probe.ended.lines)")
    #expect(probe.opened.dropFirst(3).first == "yuv420p")
    if code == "MJPG" { #expect(probe.opened.last == "true", "JPEG is of full range") }
    probe.expectAccountIsRight()
    expectPicturesAreThose(probe)
  }

  @Test func truncatedAndGarbledPicturesAreCountedAndNotShown() throws {
    let probe = try Clip("MJPG").probe(14, faults: "2:short,5:garble,8:error", rate: 20)
    #expect(probe.frames.count == 14)
    #expect(Set(probe.frames.map(\.number)).isDisjoint(with: [2, 5, 8]))
    #expect(probe.trouble.contains("1 picture was cut short"), "\(probe.trouble)")
    #expect(probe.trouble.contains("1 picture could not be decoded"), "\(probe.trouble)")
    #expect(try #require(probe.frames.last).lost >= 3)
    probe.expectAccountIsRight()
    expectPicturesAreThose(probe)
  }

  @Test func nothingIsMadeOfPicturesThatReferToLostOnes() throws {
    // Pictures 0, 10, 20 … stand for themselves: 14 to 19 refer to what is missing or damaged.
    let probe = try Clip("H264").probe(20, faults: "13:error", rate: 20)
    #expect(probe.frames.count == 20)
    #expect(Set(probe.frames.map(\.number)).isDisjoint(with: 13...19), "\(probe.frames.map(\.number))")
    #expect(probe.trouble.contains("6 pictures refer to lost ones"), "\(probe.trouble)")
    probe.expectAccountIsRight()
    expectPicturesAreThose(probe)
  }

  @Test func aCameraOfTruncatedPicturesAloneIsBroken() throws {
    let every = (0..<60).map { "\($0):short" }.joined(separator: ",")
    let probe = try Clip("MJPG").probe(2, faults: every, rate: 6)
    #expect(probe.ended.lines.last == "error \(PreloadCamera.path): no picture for 8 s")
  }

  @Test func aCameraThatWritesNoEndMarkersIsReadAllTheSame() throws {
    let clip = try Clip("MJPG")
    var bytes = try Data(contentsOf: clip.path)
    while let end = bytes.firstRange(of: Data([0xFF, 0xD9])) { bytes.removeSubrange(end) }
    try bytes.write(to: clip.path)
    let probe = try clip.probe(12, faults: "15:short", rate: 20)
    #expect(probe.frames.count == 12 && probe.frames.first?.number == JPEGEnds.patience)
    #expect(!probe.frames.map(\.number).contains(15), "the decoder tells")
    probe.expectAccountIsRight()
    expectPicturesAreThose(probe)
  }

  @Test func jpegBeatsFiveRawPicturesASecond() throws {
    let clip = try Clip("MJPG")
    defer { withExtendedLifetime(clip) {} }
    let camera = try PreloadCamera(formats: "YUYV:64x48:5,MJPG:64x48:30:\(clip.path.path)")
    #expect(try CameraProbe(1, of: camera).opened.prefix(4) == ["64", "48", "30.0", "yuv420p"])
    #expect(try CameraProbe(1, ["rate=5"], of: camera).opened.dropFirst(3).first == "yuyv")
    #expect(try CameraProbe(1, ["format=mjpg"], of: camera).opened.dropFirst(3).first == "yuv420p")
  }
}

@Suite struct JPEGEndsTests {
  private let picture: [UInt8] = [0xFF, 0xD8, 0xFF, 0xDA, 0, 3, 0, 1, 2]

  @Test func whoOnceWroteAnEndIsHeldToIt() {
    func isCutShort(_ bytes: [UInt8], _ ends: inout JPEGEnds) -> Bool { bytes.withUnsafeBytes { ends.isCutShort($0) } }
    var ends = JPEGEnds()
    for _ in 0..<JPEGEnds.patience { #expect(isCutShort(picture, &ends)) }
    for _ in 0..<3 { #expect(!isCutShort(picture, &ends), "it writes none") }
    #expect(!isCutShort(picture + [0xFF, 0xD9], &ends))
    for _ in 0..<20 { #expect(isCutShort(picture, &ends)) }
  }
}
