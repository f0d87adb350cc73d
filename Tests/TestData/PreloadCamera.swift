public import Foundation

/// A camera that is not there, for any program that is run with its environment; Tests/PreloadCamera says how it works.
public struct PreloadCamera: Sendable {
  /// The device that it answers for.
  public static let path = "/dev/video9"

  /// What a program's environment needs, beside our own.
  public let environment: [String: String]

  /// A camera with `formats` and `faults`, `padding` bytes after each row, `sequence` as the number of its first picture;
  /// it notes what is done with it in `log`.
  public init(
    formats: String = "YUYV:64x48:100", faults: String = "", padding: Int = 0, sequence: UInt32 = 0, log: URL? = nil
  ) throws {
    environment = [
      "LD_PRELOAD": try Self.library.get().path, "STREAM_CAMERA_PATH": Self.path, "STREAM_CAMERA_FORMATS": formats,
      "STREAM_CAMERA_FAULTS": faults, "STREAM_CAMERA_PADDING": String(padding),
      "STREAM_CAMERA_SEQUENCE": String(sequence), "STREAM_CAMERA_LOG": log?.path ?? "",
    ]
  }

  /// The shared object, compiled once in each run of the tests.
  private static let library: Result<URL, any Error> = Result {
    let source = TestData.checkout.appending(path: "Tests/PreloadCamera/camera.c")
    let library = TestData.built("preload-camera.so")
    // Test processes that run side by side each put a whole file in its place.
    let fresh = library.appendingPathExtension(String(ProcessInfo.processInfo.processIdentifier))
    let ended = try Ended(
      URL(filePath: "/usr/bin/env"),
      [
        "cc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", fresh.path, source.path, "-ldl",
        "-lpthread",
      ])
    guard ended.status == 0 else { throw CompilerFailure(description: ended.errors) }
    guard rename(fresh.path, library.path) == 0 else { throw CompilerFailure(description: "rename: \(errno)") }
    return library
  }

  /// What the compiler said.
  private struct CompilerFailure: Error, CustomStringConvertible {
    let description: String
  }
}
