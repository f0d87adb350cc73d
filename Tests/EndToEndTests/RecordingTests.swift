import Foundation
import TestData
import Testing

/// Live sources on disk: what stands there when the process is killed, cut, or the disk is full.
@Suite(.serialized, .enabled(if: FileManager.default.fileExists(atPath: TestData.model.path)))
struct RecordingTests {
  private let folder: TemporaryFolder
  private let pace = ["--model", TestData.model.path, "--every", "1000", "--quiet"]

  init() throws { folder = try TemporaryFolder() }

  /// What is read back of a picture.
  private struct Line: Decodable {
    let frame: Int
    let time: Double
  }

  private func lines(_ text: some StringProtocol) throws -> [Line] {
    try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  /// Returns the pictures of the video at `path`.
  private func pictures(_ path: URL) throws -> [Line] {
    let again = try Program.run(
      ["--input", path.path, "--track", "none"] + pace)
    #expect(again.status == 0, "\(path.lastPathComponent): \(again.errors)")
    return try lines(again.output)
  }

  /// The files of the folder whose names end in `ending`, in order.
  private func files(_ ending: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
      .filter { $0.path.hasSuffix(ending) }.sorted { $0.path < $1.path }
  }

  @Test func aKilledProcessLeavesFilesThatPlayUpToTheLastSeconds() throws {
    let names = ["out.mp4", "out.mkv", "out.webm"]
    let programs = try names.map { name in
      try Program(["--input", "testpattern:320x240@20:live", "--video", folder.path(name).path] + pace)
    }
    var logged: [Line] = []
    for (name, program) in zip(names, programs) {
      #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 100 })
      program.send(SIGKILL)
      let ending = try program.ending()
      #expect(ending.signal == SIGKILL, "\(ending.errors)")
      let whole = ending.output.prefix(through: try #require(ending.output.lastIndex(of: "\n")))
      logged = try lines(whole)
      let first = try #require(logged.first).time
      let last = try #require(logged.last).time - first
      let pictures = try pictures(folder.path(name))
      #expect(try #require(pictures.last).time > last - 3, "\(name)")
      // Each at its time: as many pictures as lines up to there, dropped ones in neither.
      for (picture, line) in zip(pictures, logged) {
        #expect(abs(picture.time - (line.time - first)) < 0.002, "\(name), frame \(picture.frame)")
      }
    }
  }

  @Test(arguments: ["mp4", "mkv"]) func segmentsTogetherAreTheWhole(ending: String) throws {
    let program = try Program(
      ["--input", "testpattern:320x240@20:live", "--video", folder.path("out.\(ending)").path, "--segment", "1"] + pace)
    #expect(program.wait { (try? files(ending).count) ?? 0 > 3 })
    program.send(SIGINT)
    let run = try program.ending()
    #expect(run.status == 0 && run.errors == "", "\(run.errors)")
    var count = 0
    for file in try files(ending) {
      #expect(file.lastPathComponent.contains(#/^out-20\d{6}T\d{6}Z(-\d+)?\.\w+$/#))
      let pictures = try pictures(file)
      #expect(pictures.first?.time == 0 && pictures.count <= 20)
      count += pictures.count
    }
    #expect(count == run.lines.count)
  }

  /// Over 60 cuts neither descriptors nor memory grow.
  @Test func cutsCostNothingThatStays() throws {
    let program = try Program(
      ["--input", "testpattern:160x120@50:live", "--video", folder.path("out.mp4").path, "--segment", "100ms"] + pace)
    let process = try #require(program.processIdentifier)
    var (descriptors, memory): ([Int], [Int]) = ([], [])
    for count in [15, 75] {
      #expect(program.wait { (try? files("mp4").count) ?? 0 >= count }, "\(program.errorsSoFar)")
      descriptors.append(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count)
      let pages = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")[1]
      memory.append(try #require(Int(pages)) * 4096)
    }
    program.send(SIGINT)
    #expect(try program.ending().status == 0)
    // Between two files none is open.
    #expect(abs(descriptors[1] - descriptors[0]) <= 1, "\(descriptors)")
    #expect(memory[1] - memory[0] < 4_000_000, "\(memory)")
  }

  /// A file that may not grow goes on in the next one.
  @Test func aFileThatIsTooLargeGoesOnInTheNext() throws {
    let program = try Program(
      ["--input", "testpattern:320x240@20:120:live", "--video", folder.path("out.mkv").path] + pace, fileLimit: 64)
    let run = try program.ending()
    #expect(run.status == 1)
    #expect(run.errors.contains("out.mkv: ") && run.errors.contains("missing: file too large\n"), "\(run.errors)")
    let lines = try lines(run.output)
    let files = try files(".mkv")
    #expect(lines.count > 100 && files.count > 1)
    let count = try files.reduce(0) { try $0 + pictures($1).count }
    #expect(count > lines.count / 2 && count <= lines.count)
  }

  private static let canMount: Bool = {
    let trial = Process()
    trial.executableURL = URL(filePath: "/bin/sh")
    trial.arguments = ["-c", "unshare -rm mount -t tmpfs none /mnt 2>/dev/null"]
    guard (try? trial.run()) != nil else { return false }
    trial.waitUntilExit()
    return trial.terminationStatus == 0
  }()

  /// A disk of 2 MB that somebody fills and clears.
  @Test(.enabled(if: canMount)) func aFullDiskHoldsUpTheRecordingAndNotTheLog() throws {
    let (disk, kept) = (folder.path("disk"), folder.path("kept"))
    for folder in [disk, kept] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    let log = folder.path("log.jsonl").path
    let said = folder.path("said").path
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    // The ballast goes when the file `clear` appears beside the disk.
    shell.arguments =
      [
        "-c",
        """
        exec unshare -rm sh -c '
        mount -t tmpfs -o size=2m none "$0" && head -c 1900000 /dev/zero > "$0/ballast" || exit 9
        "$@" --video "$0/out.mp4" 2> "\(said)" &
        while ! [ -e "\(folder.path("clear").path)" ]; do sleep 0.1; done; rm "$0/ballast"
        while ! [ -e "\(folder.path("end").path)" ]; do sleep 0.1; done; kill -INT $!
        wait $!; status=$?; cp "$0"/* "\(kept.path)"; exit $status
        ' "$@"
        """, "sh", disk.path, TestData.built("stream").path, "--input", "testpattern:320x240@20:live", "--events", log,
      ] + pace.filter { $0 != "--quiet" }
    try shell.run()
    defer { if shell.isRunning { kill(shell.processIdentifier, SIGKILL) } }
    func wait(for text: String) -> Bool {
      let end = ContinuousClock.now + .seconds(90)
      while ContinuousClock.now < end, shell.isRunning {
        if let said = try? String(contentsOfFile: said, encoding: .utf8), said.contains(text) { return true }
        usleep(20_000)
      }
      return false
    }
    #expect(wait(for: "out.mp4: no space left on device; recording goes on when there is room\n"))
    _ = FileManager.default.createFile(atPath: folder.path("clear").path, contents: nil)
    #expect(wait(for: ".mp4: recording again, "))
    _ = FileManager.default.createFile(atPath: folder.path("end").path, contents: nil)
    shell.waitUntilExit()
    let text = try String(contentsOfFile: said, encoding: .utf8)
    #expect(shell.terminationStatus == 1)
    #expect(text.split(separator: "\n").count { $0.contains("no space left on device; ") } == 1, "\(text)")
    let lines = try lines(String(contentsOfFile: log, encoding: .utf8))
    let files = try FileManager.default.contentsOfDirectory(at: kept, includingPropertiesForKeys: nil)
    #expect(files.count == 2)
    let count = try files.reduce(0) { try $0 + pictures($1).count }
    #expect(text.contains("\(lines.count - count) pictures are missing: no space left on device"), "\(text)")
  }
}
