import Foundation
import TestData
import Testing

/// Live sources on disk: what stands there when the process is killed, cut, or the disk is full.
@Suite(.serialized, .waiting)
struct RecordingTests {
  private let folder: TemporaryFolder
  /// So that lines are short, and nearly no time goes into them.
  private let pace = ["--threshold", "1", "--every", "1000", "--quiet"]

  init() throws { folder = try TemporaryFolder() }

  /// What is read back of a picture.
  private struct Line: Decodable {
    let frame: Int
    let source: String?
    let time: Double
  }

  private func lines(_ text: some StringProtocol) throws -> [Line] {
    try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  /// Returns the pictures of each of the videos `paths`, read by one process.
  private func pictures(_ paths: [URL]) throws -> [[Line]] {
    let again = try Program.run(
      paths.flatMap { ["--input", $0.path] } + ["--names", paths.indices.map { "\($0)" }.joined(separator: ",")]
        + ["--track", "none"] + pace)
    #expect(again.status == 0, "\(again.errors)")
    let lines = try lines(again.output)
    return paths.indices.map { index in lines.filter { $0.source == "\(index)" } }
  }

  /// The files of the folder whose names end in `ending`, in order.
  private func recorded(_ ending: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
      .filter { $0.path.hasSuffix(ending) }.sorted { $0.path < $1.path }
  }

  @Test func aKilledProcessLeavesFilesThatPlayUpToTheLastSeconds() throws {
    let names = ["out.mp4", "out.mkv", "out.webm"]
    let programs = try names.map { name in
      try Program(["--input", "testpattern:320x240@20:live", "--video", folder.path(name)] + pace)
    }
    let logs = try programs.map { program in
      #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 80 })
      program.send(SIGKILL)
      let ending = try program.ending()
      #expect(ending.signal == SIGKILL, "\(ending.errors)")
      return try lines(ending.output.prefix(through: try #require(ending.output.lastIndex(of: "\n"))))
    }
    for (index, pictures) in try pictures(names.map(folder.url)).enumerated() {
      let first = try #require(logs[index].first).time
      #expect(try #require(pictures.last).time > #require(logs[index].last).time - first - 3, "\(names[index])")
      // Each at its time: what was dropped is in neither.
      for (picture, line) in zip(pictures, logs[index]) {
        #expect(abs(picture.time - (line.time - first)) < 0.002, "\(names[index]), frame \(picture.frame)")
      }
    }
  }

  @Test func segmentsTogetherAreTheWhole() throws {
    let program = try Program(
      ["--input", "testpattern:320x240@20:live", "--video", folder.path("out.mp4"), "--segment", "1"] + pace)
    #expect(program.wait { (try? recorded("mp4").count) ?? 0 > 2 })
    program.send(SIGINT)
    let run = try program.ending()
    #expect(run.status == 0 && run.errors == "", "\(run.errors)")
    let files = try recorded("mp4")
    #expect(files.allSatisfy { $0.lastPathComponent.contains(#/^out-20\d{6}T\d{6}Z(-\d+)?\.\w+$/#) })
    let pictures = try pictures(files)
    #expect(pictures.allSatisfy { $0.first?.time == 0 && $0.count <= 20 })
    #expect(pictures.joined().count == run.lines.count)
  }

  @Test func whatCannotBeCutIsTold() throws {
    let pattern = "testpattern:160x120@20:5:file"
    for (arguments, reason) in [
      (["--segment", "10m"], "--segment goes with --video"), (["--video", "x.mp4", "--segment", "0"], "--segment"),
      (["--video", "x.mp4", "--segment", "soon"], "'soon'"),
    ] {
      let run = try Program.run(["--input", pattern] + arguments + pace)
      #expect(run.status == 2 && run.errors.contains(reason), "\(run.errors)")
    }
    let cut = ["--video", folder.path("%s.mp4"), "--segment", "100ms"] + pace.dropLast()
    let footage = try Program.run(["--input", pattern] + cut)
    #expect(footage.status == 2 && footage.errors.contains("--segment is for live sources"), "\(footage.errors)")
    #expect(try recorded(".mp4").isEmpty)
    // Beside a live source it is told.
    let both = try Program.run(["--input", pattern, "--input", "\(pattern.dropLast(4))live", "--names", "a,b"] + cut)
    #expect(both.status == 0 && both.errors.contains("test pattern: footage has no time of day"), "\(both.errors)")
    #expect(try pictures(recorded("/a.mp4")).map(\.count) == [5])
  }

  /// Over 60 cuts neither descriptors nor memory grow.
  @Test func cutsNeedNoMoreMemoryAndNoMoreDescriptors() throws {
    let program = try Program(
      ["--input", "testpattern:160x120@50:live", "--video", folder.path("out.mp4"), "--segment", "100ms"] + pace)
    let process = try #require(program.processIdentifier)
    var (descriptors, memory): ([Int], [Int]) = ([], [])
    for count in [20, 80] {
      #expect(program.wait { (try? recorded("mp4").count) ?? 0 >= count }, "\(program.errorsSoFar)")
      descriptors.append(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count)
      let pages = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")[1]
      memory.append(try #require(Int(pages)) * 4096)
    }
    program.send(SIGINT)
    #expect(try program.ending().status == 0)
    // Between two files none is open.
    #expect(abs(descriptors[1] - descriptors[0]) <= 1, "\(descriptors)")
    #expect(memory[1] - memory[0] < 8_000_000, "\(memory)")
  }

  /// A file that may not grow goes on in the next one.
  @Test func aFileThatIsTooLargeGoesOnInTheNext() throws {
    let program = try Program(
      ["--input", "testpattern:320x240@40:120:live", "--video", folder.path("out.mkv")] + pace, fileLimit: 64)
    let run = try program.ending()
    #expect(run.status == 1)
    #expect(run.errors.contains("out.mkv: ") && run.errors.contains("missing: file too large\n"), "\(run.errors)")
    let files = try recorded(".mkv")
    #expect(run.lines.count > 100 && files.count > 1)
    let count = try pictures(files).joined().count
    #expect(run.errors.contains("out.mkv: \(run.lines.count - count) pictures are missing"), "\(run.errors)")
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
    let (disk, kept) = (folder.url("disk"), folder.url("kept"))
    for folder in [disk, kept] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    let log = folder.path("log.jsonl")
    let said = folder.path("said")
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    // The ballast goes when the file `clear` appears beside the disk.
    shell.arguments =
      [
        "-c",
        """
        exec unshare -rm sh -c '
        mount -t tmpfs -o size=2m none "$0" && head -c 2030000 /dev/zero > "$0/ballast" || exit 9
        "$@" --video "$0/out.mp4" 2> "\(said)" &
        while ! [ -e "\(folder.path("clear"))" ]; do sleep 0.1; done; rm "$0/ballast"
        while ! [ -e "\(folder.path("end"))" ]; do sleep 0.1; done; kill -INT $!
        wait $!; status=$?; cp "$0"/* "\(kept.path)"; exit $status
        ' "$@"
        """, "sh", disk.path, TestData.built("stream").path, "--input", "testpattern:320x240@40:live", "--events", log,
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
    _ = FileManager.default.createFile(atPath: folder.path("clear"), contents: nil)
    #expect(wait(for: ".mp4: recording again, "))
    _ = FileManager.default.createFile(atPath: folder.path("end"), contents: nil)
    shell.waitUntilExit()
    let text = try String(contentsOfFile: said, encoding: .utf8)
    #expect(shell.terminationStatus == 1)
    #expect(text.split(separator: "\n").count { $0.contains("no space left on device; ") } == 1, "\(text)")
    let lines = try lines(String(contentsOfFile: log, encoding: .utf8))
    let files = try FileManager.default.contentsOfDirectory(at: kept, includingPropertiesForKeys: nil)
    #expect(files.count == 2)
    let count = try pictures(files).joined().count
    #expect(text.contains("\(lines.count - count) pictures are missing: no space left on device"), "\(text)")
  }
}
