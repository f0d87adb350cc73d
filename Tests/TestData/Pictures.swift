public import Foundation

/// Returns the first picture of `file` as bytes of `pixelFormat`, as FFmpeg's command line program gives them.
public func rawPicture(of file: URL, _ pixelFormat: String, options: [String] = []) throws -> [UInt8] {
  let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).raw")
  defer { try? FileManager.default.removeItem(at: output) }
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments =
    ["ffmpeg", "-loglevel", "error", "-i", file.path, "-frames:v", "1"] + options
    + ["-f", "rawvideo", "-pix_fmt", pixelFormat, output.path]
  process.standardInput = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
  return try [UInt8](Data(contentsOf: output))
}

/// Returns the size of a PNG picture, from its header.
public func pictureSize(ofPNG file: URL) throws -> (width: Int, height: Int) {
  let bytes = [UInt8](try Data(contentsOf: file).prefix(24))
  guard bytes.count == 24, Array(bytes[1..<4]) == [UInt8]("PNG".utf8) else { throw CocoaError(.fileReadCorruptFile) }
  func number(at index: Int) -> Int { bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) } }
  return (number(at: 16), number(at: 20))
}
