import Foundation
import TestData
import Testing

/// The built program before a camera that is preloaded into it.
@Suite(.serialized, .waiting) struct CameraTests {
  @Test func aCameraWithoutFramesEndsAtTheFirstSignal() throws {
    let camera = try PreloadCamera(formats: "YUYV:640x480:30", faults: "0:silent")
    let program = try Program(["--camera", PreloadCamera.path, "--quiet"], environment: camera.environment)
    usleep(500_000)
    let start = ContinuousClock.now
    program.send(SIGINT)
    let ending = try program.ending(within: 5)
    // Without the signal it would wait for its next picture much longer.
    #expect(ContinuousClock.now - start < .seconds(4))
    #expect(ending.status == 0 && ending.output == "" && ending.errors == "", "\(ending.errors)")
  }

  /// A camera at 30 frames a second before a detector that takes 100 ms: ages stay where they are, and each captured
  /// frame is reported or told as dropped.
  @Test func agesStayBoundedBeforeASlowDetector() throws {
    let camera = try PreloadCamera(formats: "YUYV:640x480:30")
    let environment = camera.environment.merging(["STREAM_SLOW_DETECTOR": "100ms"]) { $1 }
    let program = try Program(["--camera", PreloadCamera.path, "--track", "none"], environment: environment)
    #expect(program.wait { program.outputSoFar.split(separator: "\n").count >= 60 })
    program.send(SIGINT)
    let ending = try program.ending(within: 5)
    #expect(ending.status == 0, "\(ending.errors)")
    let lines = try EventLine.all(in: ending.output)
    let ages = lines.compactMap(\.age)
    try #require(ages.count == lines.count && lines.count >= 60)
    // One and a half detections and one frame time, at the beginning and at the end alike.
    for part in [ages.prefix(ages.count / 2), ages.suffix(ages.count / 2)] {
      #expect(part.sorted()[part.count / 2] < 0.150 + 0.034, "\(part)")
    }
    #expect(lines.allSatisfy { $0.captured?.hasSuffix("Z") == true })
    var last = -1
    for line in lines {
      #expect(line.frame == last + 1 + (line.dropped ?? 0) + (line.lost ?? 0))
      last = line.frame
    }
    #expect(lines.contains { $0.dropped != nil })
    let totals = try #require(
      ending.errors.firstMatch(of: #/([0-9]+) captured, ([0-9]+) dropped, ([0-9]+) lost/#), "\(ending.errors)")
    #expect(Int(totals.1) == lines.count + (Int(totals.2) ?? 0) + (Int(totals.3) ?? 0))
  }

  @Test func whatACameraReallyGivesIsSaidAtTheStart() throws {
    let camera = try PreloadCamera(formats: "YUYV:320x240:30,YUYV:640x480:15", faults: "4:eio")
    let run = { (arguments: [String]) in
      try Program.run(
        ["--camera", PreloadCamera.path, "--reconnect", "never"] + arguments,
        environment: camera.environment.merging(["STREAM_SLOW_DETECTOR": "1ms"]) { $1 })
    }
    let asked = try run(["--size", "320x240", "--rate", "60"]).errors
    #expect(asked.contains("stream: camera \(PreloadCamera.path): 320x240 YUYV at 30 fps; 60 fps was asked for\n"))
    #expect(try run([]).errors.contains("camera \(PreloadCamera.path): 640x480 YUYV at 15 fps\n"))
    #expect(try !run(["--quiet"]).errors.contains("fps"))
  }

  @Test func lostFramesAreTold() throws {
    let camera = try PreloadCamera(formats: "YU12:320x240:30", faults: "5:gap=3,9:error")
    let program = try Program(["--camera", PreloadCamera.path, "--quiet"], environment: camera.environment)
    #expect(program.wait { program.outputSoFar.split(separator: "\n").count >= 15 })
    program.send(SIGTERM)
    let ending = try program.ending(within: 5)
    let lines = try EventLine.all(in: ending.output)
    #expect(lines.compactMap(\.lost).reduce(0, +) == 4, "\(ending.output)")
    #expect(lines.allSatisfy { $0.width == 320 && $0.height == 240 })
  }

  @Test func damagedJPEGPicturesAreLostAndToldByCause() throws {
    let folder = try TemporaryFolder()
    let clip = folder.path("clip.mjpeg")
    let made = try Ended(
      URL(filePath: "/usr/bin/env"),
      [
        "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-frames:v", "10", "-f",
        "mjpeg", clip,
      ])
    try #require(made.status == 0, "\(made.errors)")
    // Late enough that the program is under way: what comes before that is lost at worst, and not looked at.
    let faults = "40:short,43:garble,44:garble"
    let camera = try PreloadCamera(formats: "YUYV:320x240:5,MJPG:320x240:30:\(clip)", faults: faults)
    let program = try Program(
      ["--camera", PreloadCamera.path, "--size", "320x240", "--video", folder.path("seen.mkv")],
      environment: camera.environment)
    #expect(program.wait { program.outputSoFar.contains(#/"frame":([5-9][0-9]|[0-9]{3})/#) }, "\(program.errorsSoFar)")
    program.send(SIGTERM)
    let ending = try program.ending(within: 10)
    #expect(ending.status == 0 && ending.errors.contains("320x240 MJPG at 30 fps"), "\(ending.errors)")
    #expect(ending.errors.contains("1 picture was cut short; 2 pictures could not be decoded"), "\(ending.errors)")
    let lines = try EventLine.all(in: ending.output)
    #expect(lines.compactMap(\.lost).reduce(0, +) >= 3)
    #expect(Set(lines.map(\.frame)).isDisjoint(with: [40, 43, 44]))
  }

  /// FFmpeg would read bytes from it, if it gave any.
  @Test func aCameraIsNoFootage() throws {
    let camera = try PreloadCamera(formats: "YUYV:320x240:30")
    let ending = try Program(["--input", PreloadCamera.path], environment: camera.environment).ending(within: 20)
    let path = PreloadCamera.path
    #expect(ending.status == 1 && ending.errors == "stream: \(path): is a video device; --camera \(path) reads it\n")
  }

  @Test(arguments: [
    ("0:open:busy", "in use"), ("0:open:denied", "permission"), ("0:caps:none", "not a video capture"),
    ("8:unplug", "unplugged"), ("8:eio", "error"),
  ])
  func whatACameraRefusesIsSaid(fault: String, word: String) throws {
    let faults = fault.hasPrefix("0:") ? String(fault.dropFirst(2)) : fault
    let camera = try PreloadCamera(formats: "YUYV:320x240:30", faults: faults)
    let ending = try Program(
      ["--camera", PreloadCamera.path, "--quiet", "--reconnect", "never"], environment: camera.environment
    ).ending(within: 20)
    #expect(ending.status == 1)
    #expect(ending.errors.contains(PreloadCamera.path) && ending.errors.lowercased().contains(word), "\(ending.errors)")
    #expect(ending.output.isEmpty || ending.output.hasSuffix("\n"))
  }

  @Test func aCameraThatComesBackGoesOn() throws {
    // Each time it is opened it goes away after eight pictures.
    let camera = try PreloadCamera(formats: "YUYV:320x240:30", faults: "8:unplug")
    let program = try Program(
      ["--camera", PreloadCamera.path, "--reconnect", "0.1"],
      environment: camera.environment)
    #expect(program.wait { program.outputSoFar.split(separator: "\n").count >= 20 }, "\(program.errorsSoFar)")
    program.send(SIGTERM)
    let ending = try program.ending(within: 5)
    #expect(ending.status == 0 && ending.output.hasSuffix("\n"))
    let lines = try EventLine.all(in: ending.output)
    #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.frame < $1.frame && $0.time < $1.time })
    let away = ending.errors.split(separator: "\n").count { $0.contains("was unplugged; waiting for it") }
    #expect(away >= 2 && ending.errors.contains("is back after 0."), "\(ending.errors)")
    #expect(ending.errors.contains("times the source went away"), "\(ending.errors)")
  }

  @Test func whoIsStoppedGoesOnAfterwardsAndCountsTheGap() throws {
    let camera = try PreloadCamera(formats: "YUYV:320x240:30")
    let environment = camera.environment.merging(["STREAM_SLOW_DETECTOR": "5ms"]) { $1 }
    let program = try Program(["--camera", PreloadCamera.path], environment: environment)
    let count = { program.outputSoFar.split(separator: "\n").count }
    #expect(program.wait { count() >= 5 }, "\(program.errorsSoFar)")
    // Longer than the wait for a picture, so that going on is not taken for silence.
    program.send(SIGSTOP)
    usleep(3_500_000)
    let before = count()
    program.send(SIGCONT)
    #expect(program.wait { count() >= before + 20 }, "\(program.errorsSoFar)")
    program.send(SIGTERM)
    let ending = try program.ending(within: 5)
    #expect(ending.status == 0 && !ending.errors.contains("no picture came"), "\(ending.errors)")
    let lines = try EventLine.all(in: ending.output)
    #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.frame < $1.frame && $0.time < $1.time })
    let gap = zip(lines, lines.dropFirst()).map { $1.time - $0.time }.max() ?? 0
    #expect(gap > 3, "the times show it")
  }

  @Test func anInterruptEndsTheWaitForACamera() throws {
    let camera = try PreloadCamera(formats: "YUYV:320x240:30", faults: "3:unplug")
    let program = try Program(
      ["--camera", PreloadCamera.path, "--reconnect", "3600"],
      environment: camera.environment)
    #expect(program.wait { program.errorsSoFar.contains("waiting for it") }, "\(program.errorsSoFar)")
    program.send(SIGINT)
    #expect(try program.ending(within: 3).status == 0)
  }

  @Test(arguments: ["0", "-1", "forever", "1e9"]) func aWaitThatCannotBeIsRefused(text: String) throws {
    let ending = try Program.run(["--camera", PreloadCamera.path, "--reconnect", text])
    #expect(ending.status == 2 && ending.errors.contains("--reconnect"), "\(ending.errors)")
  }

  @Test func camerasListsWhatACameraGivesAndWhatCanBeTurned() throws {
    let camera = try PreloadCamera(formats: "YUYV:640x480:30,YUYV:1280x720:10,MJPG:1280x720:30")
    let table = try Program.run(["cameras"], environment: camera.environment)
    #expect(table.status == 0 && table.output.contains("1280x720 at 10 fps"), "\(table.output)")
    let json = try Program.run(["cameras", "--json"], environment: camera.environment)
    let line = try #require(json.lines.first { $0.contains(PreloadCamera.path) })
    let listed = try JSONDecoder().decode(ListedCamera.self, from: Data(line.utf8))
    #expect(listed.camera && listed.formats.map(\.code) == ["YUYV", "MJPG"])
    #expect(listed.formats[0].sizes.map(\.width) == [640, 1280] && listed.formats[0].sizes[1].rates == [10])
    #expect(listed.formats.map(\.compressed) == [false, true])
    let exposure = try #require(listed.controls.first { $0.name == "auto_exposure" })
    #expect(exposure.kind == "menu" && exposure.value == 3 && exposure.choices?.map(\.value) == [1, 3])
    #expect(listed.controls.first { $0.name == "exposure_time_absolute" }?.inactive == true)
  }

  @Test func controlsAreSetInTheirOrder() throws {
    let folder = try TemporaryFolder()
    let camera = try PreloadCamera(formats: "YUYV:320x240:30", faults: "3:eio", log: folder.url("log"))
    let controls = ["brightness=99", "auto_exposure=manual mode", "exposure_time_absolute=300"]
    _ = try Program.run(
      ["--camera", PreloadCamera.path, "--quiet", "--reconnect", "never"] + controls.flatMap { ["--control", $0] },
      environment: camera.environment)
    let words = try String(contentsOf: folder.url("log"), encoding: .utf8).split(separator: "\n")
    let start = try #require(words.firstIndex(of: "Brightness=90"))
    #expect(words[start...].prefix(3) == ["Brightness=90", "Auto Exposure=1", "Exposure Time, Absolute=300"])
  }

  @Test(arguments: [
    ("brightnes=3", "has no control 'brightnes' but brightness"), ("brightness=400", "from 0 to 250, not '400'"),
    ("auto_exposure=2", "1 (Manual Mode), 3 (Aperture Priority Mode)"),
    ("white_balance_automatic=maybe", "on or off"), ("exposure_time_absolute=5", "another control"),
  ])
  func aControlThatCannotBeSetIsRefused(control: String, reason: String) throws {
    let ending = try Program.run(
      ["--camera", PreloadCamera.path, "--control", control], environment: PreloadCamera().environment)
    #expect(ending.status == 1 && ending.output == "")
    #expect(ending.errors.contains(reason), "\(ending.errors)")
  }
}

/// What `stream cameras --json` says of one camera.
private struct ListedCamera: Decodable {
  struct Format: Decodable {
    struct Size: Decodable {
      let width: Int
      let rates: [Double]
    }
    let code: String
    let compressed: Bool
    let sizes: [Size]
  }
  struct Control: Decodable {
    struct Choice: Decodable { let value: Int }
    let name: String
    let kind: String
    let value: Int?
    let choices: [Choice]?
    let inactive: Bool
  }
  let camera: Bool
  let formats: [Format]
  let controls: [Control]
}
