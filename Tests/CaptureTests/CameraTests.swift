import Capture
import Foundation
import Posix
import TestData
import Testing

/// The camera source in a program of its own, with the preload camera before it.
@Suite(.waiting) struct CameraTests {
  @Test func picturesComeWholeAndInOrder() throws {
    let probe = try CameraProbe(30, of: PreloadCamera())
    #expect(probe.frames.count == 30)
    #expect(probe.ending == ["end"])
    #expect(probe.opened == ["64", "48", "30.0", "yuyv", "bt601", "false"])
    #expect(probe.frames.allSatisfy { ($0.width, $0.height) == (64, 48) })
    probe.expectAccountIsRight()
    probe.expectPicturesAreThose()
  }

  @Test func gapsAndDamagedPicturesAreLost() throws {
    let probe = try CameraProbe(8, of: PreloadCamera(faults: "3:gap=2,6:error,8:short"))
    #expect(probe.frames.count == 8)
    #expect(Set(probe.frames.map(\.number)).isDisjoint(with: [3, 4, 6, 8]))
    #expect(try #require(probe.frames.last).lost >= 4)
    probe.expectAccountIsRight()
    probe.expectPicturesAreThose()
  }

  @Test func theDriversNumbersMayWrap() throws {
    let probe = try CameraProbe(8, of: PreloadCamera(faults: "2:gap=3", sequence: .max - 2))
    #expect(try #require(probe.frames.last).lost >= 3)
    #expect(try #require(probe.frames.last).lost < 1000)
    probe.expectAccountIsRight()
    probe.expectPicturesAreThose()
  }

  @Test(arguments: ["YUYV", "UYVY", "YU12", "NV12", "RGB3", "BGR3", "GREY"], [0, 32])
  func everyFormatIsReadWithTheDriversStride(code: String, padding: Int) throws {
    let probe = try CameraProbe(3, of: PreloadCamera(formats: "\(code):64x48:100", padding: padding))
    #expect(probe.frames.count == 3)
    probe.expectAccountIsRight()
    probe.expectPicturesAreThose()
  }

  @Test func libv4lMakesWhatTheCameraDoesNotGive() throws {
    let camera = try PreloadCamera()
    let planar = try CameraProbe(4, ["format=yu12"], of: camera)
    #expect(planar.opened.dropFirst(3).first == "yuv420p")
    #expect(planar.frames.count == 4)
    planar.expectAccountIsRight()
    planar.expectPicturesAreThose()
    let rgb = try CameraProbe(4, ["format=rgb3"], of: camera)
    #expect(rgb.opened.dropFirst(3).first == "rgb24")
    #expect(rgb.frames.count == 4)
  }

  @Test func theFormatFollowsSizeAndRate() throws {
    let sizes = try PreloadCamera(formats: "YUYV:64x48:100,NV12:32x24:100")
    #expect(try CameraProbe(1, ["width=32", "height=24"], of: sizes).opened.dropFirst(3).first == "nv12")
    #expect(try CameraProbe(1, ["width=64", "height=48"], of: sizes).opened.dropFirst(3).first == "yuyv")
    let rates = try PreloadCamera(formats: "YUYV:64x48:5,UYVY:64x48:30")
    let size = ["width=64", "height=48"]
    #expect(try CameraProbe(1, size, of: rates).opened.dropFirst(3).first == "uyvy")
    #expect(try CameraProbe(1, size + ["rate=5"], of: rates).opened.dropFirst(3).first == "yuyv")
  }

  @Test func whatTheCameraGivesCountsNotWhatWasAsked() throws {
    let probe = try CameraProbe(2, ["width=1920", "height=1080", "rate=500"], of: PreloadCamera())
    #expect(probe.opened.prefix(3) == ["64", "48", "100.0"])
    #expect(probe.frames.allSatisfy { ($0.width, $0.height) == (64, 48) })
  }

  @Test func whoHoldsFramesTakesNoBufferFromTheDriver() throws {
    let probe = try CameraProbe(40, ["hold=40"], of: PreloadCamera(formats: "YUYV:64x48:30"))
    #expect(probe.frames.count == 40, "the driver has six")
    probe.expectAccountIsRight()
    probe.expectPicturesAreThose()
  }

  @Test func whatTheDriverDoesNotTakeBackIsOfferedAgain() throws {
    // More refusals than there are buffers: each buffer that was lost for good would be missed.
    let probe = try CameraProbe(60, of: PreloadCamera(faults: "2:refuse=3,8:refuse=4,20:refuse=5"))
    #expect(probe.frames.count == 60)
    probe.expectAccountIsRight()
    probe.expectPicturesAreThose()
  }

  @Test func aDriverThatFailsOnceIsStartedAnew() throws {
    let probe = try CameraProbe(8, ["trouble=1"], of: PreloadCamera(faults: "0/3:eio"))
    #expect(probe.frames.count == 8)
    #expect(probe.trouble.contains("1 time the driver failed"))
    probe.expectAccountIsRight()
  }

  @Test func aCameraThatFallsSilentIsStartedAnew() throws {
    let probe = try CameraProbe(8, ["trouble=1"], of: PreloadCamera(faults: "0/3:silent"))
    #expect(probe.frames.count == 8)
    #expect(probe.trouble.contains("1 time no picture came for long"))
    probe.expectAccountIsRight()
  }

  @Test func whatGoesWrongIsCountedByCause() throws {
    let faults = "2:gap=2,6:error,8:short,10:error,12:future=60000,14:past=60000"
    let probe = try CameraProbe(20, ["trouble=1"], of: PreloadCamera(formats: "YUYV:64x48:30", faults: faults))
    for part in ["pictures never came", "2 pictures were damaged by the driver's word", "1 picture was cut short"] {
      #expect(probe.trouble.contains(part), "\(probe.trouble)")
    }
    #expect(probe.trouble.contains("out of order"), "\(probe.trouble)")
  }

  @Test func anInterruptEndsASilentCameraSoon() throws {
    let probe = try CameraProbe(10, ["interrupt=200"], of: PreloadCamera(faults: "2:silent"))
    let words = try #require(probe.ending.first).split(separator: " ")
    #expect(words.first == "interrupted")
    #expect(try #require(Int(words[1])) < 500)
    #expect(probe.ended.status == 0)
  }

  @Test func whatPollPromisesMayBeLate() throws {
    let probe = try CameraProbe(6, of: PreloadCamera(faults: "2:again,3:again"))
    #expect(probe.frames.count == 6)
    probe.expectAccountIsRight()
    probe.expectPicturesAreThose()
  }

  @Test func timestampsThatCannotBeAreNotBelieved() throws {
    let probe = try CameraProbe(8, of: PreloadCamera(faults: "1:future=5000,3:past=60000,5:past=40"))
    #expect(probe.frames.count == 8)
    #expect(probe.frames.allSatisfy { $0.age < 3_000_000 })
    probe.expectAccountIsRight()
  }

  @Test func framesOutliveTheSource() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "stream-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let log = folder.appending(path: "log")
    let probe = try CameraProbe(5, ["outlive=2"], of: PreloadCamera(log: log))
    #expect(probe.ending == probe.frames.suffix(2).map { "kept \($0.mean)" } + ["end"])
    let notes = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").filter { $0 != "starved" }
    #expect(notes.filter { $0 == "map" }.count == 6)
    let unmapped = [Substring](repeating: "unmap", count: 6)
    #expect(Array(notes.suffix(8)) == ["streamoff"] + unmapped + ["close"])
  }

  @Test(arguments: [
    ("open:absent", "no such camera; `stream cameras` lists them", false),
    ("open:denied", "permission denied; add yourself to group video", false),
    ("open:busy", "is in use by another program; `fuser /dev/video9` names it", false),
    ("format:busy", "is in use by another program; `fuser /dev/video9` names it", false),
    ("caps:none", "is not a video capture device; `stream cameras` lists those that are", true),
    ("buffers:1", "the driver gives 1 buffers", true),
    ("2:unplug", "was unplugged", false),
    ("2:eio", "reading a picture: input/output error", false),
    ("0:silent", "no picture for 8 s", false),
  ])
  func everyFaultIsOneLine(fault: String, reason: String, isFinal: Bool) throws {
    let probe = try CameraProbe(5, of: PreloadCamera(faults: fault))
    #expect(probe.ending.suffix(2) == [isFinal ? "final" : "passing", "error \(PreloadCamera.path): \(reason)"])
    #expect(probe.ended.status == 1)
    #expect(probe.ended.errors == "", "libv4l keeps quiet")
  }

  @Test func fewerBuffersDo() throws {
    let probe = try CameraProbe(10, of: PreloadCamera(faults: "buffers:2"))
    #expect(probe.frames.count == 10)
    probe.expectAccountIsRight()
  }

  @Test func aFormatThatTheCameraDoesNotGiveIsNamedWithThoseItDoes() throws {
    let probe = try CameraProbe(1, ["format=nv12"], of: PreloadCamera())
    #expect(probe.ended.lines.last == "error \(PreloadCamera.path): does not give nv12 but yuyv, yu12, rgb3")
  }

  @Test(arguments: [
    ("/no/such/camera", "no such camera; `stream cameras` lists them"), ("/dev/null", "is not a video device"),
    ("/", "is not a device"), (#filePath, "is not a device"),
  ])
  func whatIsNoCameraIsRefused(path: String, reason: String) {
    let error = #expect(throws: CaptureError.self) { _ = try CameraSource(path: path, interrupt: Interrupt()) }
    #expect(error?.description == "\(path): \(reason)")
    #expect(error?.isFinal == !path.contains("/no/"), "what is not there may come")
  }

  @Test(arguments: [
    CameraSettings(width: 0), CameraSettings(height: -5), CameraSettings(width: .max), CameraSettings(rate: 0),
    CameraSettings(rate: .nan), CameraSettings(rate: .infinity),
  ])
  func settingsThatNoCameraMeetsAreRefused(settings: CameraSettings) {
    let error = #expect(throws: CaptureError.self) {
      _ = try CameraSource(path: "/dev/null", settings: settings, interrupt: Interrupt())
    }
    #expect(error?.reason.hasPrefix("no camera gives") == true)
  }

  @Test func theListNamesNodesThatExist() {
    for entry in CameraList().entries { #expect(FileManager.default.fileExists(atPath: entry.path)) }
  }
}
