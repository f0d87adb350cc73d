import Foundation

/// A tar archive that a test writes (ustar, POSIX.1-1988), also one that is wrong.
public struct TarArchive {
  /// The archive so far, without its end.
  private var bytes: [UInt8] = []

  /// An archive without members.
  public init() {}

  /// An archive of these files, in this order.
  public init(_ files: [(path: String, content: [UInt8])]) {
    for file in files { append(file.path, file.content) }
  }

  /// Appends a member.
  ///
  /// - Parameters:
  ///   - size: what its header says of the size; nil is the truth.
  ///   - kind: 0 a file, 1 a hard link, 2 a symbolic link, 5 a folder.
  ///   - target: where a link leads.
  public mutating func append(
    _ path: String, _ content: [UInt8] = [], size: Int? = nil, kind: Int = 0, target: String = ""
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func write(_ text: String, at place: Int) {
      header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
    }
    func octal(_ number: Int, digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
    write(path, at: 0)
    write("0000644", at: 100)
    write("0000000", at: 108)
    write("0000000", at: 116)
    write(octal(size ?? content.count, digits: 11), at: 124)
    write("00000000000", at: 136)
    write("\(kind)", at: 156)
    write(target, at: 157)
    write("ustar\u{0}00", at: 257)
    // The sum of the header's bytes, where the sum itself stands as blanks.
    write("        ", at: 148)
    write(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148)
    bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// The whole archive: two empty blocks end it.
  public var content: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  /// The whole archive, packed by `program`, which reads standard input: `gzip`, `xz`.
  public func packed(by program: String, _ arguments: [String] = []) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appending(path: "tar-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(content).write(to: file)
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program, "-c"] + arguments
    process.standardInput = try FileHandle(forReadingFrom: file)
    process.standardOutput = output
    try process.run()
    let packed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
    return [UInt8](packed)
  }
}
