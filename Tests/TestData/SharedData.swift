public import Foundation

/// Test data outside the checkout: golden outputs and footage in `../shared/data`, model and footage that `make setup`
/// fetches.
public enum TestData {
  /// The checkout.
  public static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Whether `../shared/data` is there; tests that need it are `.enabled(if: TestData.hasShared)`.
  public static var hasShared: Bool { FileManager.default.fileExists(atPath: shared("README.md").path) }

  /// Returns the place of `path` in the shared data.
  public static func shared(_ path: String) -> URL {
    let folder =
      ProcessInfo.processInfo.environment["STREAM_TEST_DATA"].map { URL(filePath: $0) }
      ?? checkout.deletingLastPathComponent().appending(path: "shared/data")
    return folder.appending(path: path)
  }

  /// The folder for what is fetched or unpacked: `$XDG_CACHE_HOME/stream` or `~/.cache/stream`.
  public static let cache: URL = {
    let environment = ProcessInfo.processInfo.environment
    let base =
      environment["XDG_CACHE_HOME"].map { URL(filePath: $0) }
      ?? URL(filePath: environment["HOME"] ?? "/tmp").appending(path: ".cache")
    return base.appending(path: "stream")
  }()

  /// The folder where `make setup` puts model and footage: `$XDG_DATA_HOME/stream` or `~/.local/share/stream`.
  public static let data: URL = {
    let environment = ProcessInfo.processInfo.environment
    let base =
      environment["XDG_DATA_HOME"].map { URL(filePath: $0) }
      ?? URL(filePath: environment["HOME"] ?? "/tmp").appending(path: ".local/share")
    return base.appending(path: "stream")
  }()

  /// The default model's frozen graph, fetched by `make setup`.
  public static let model = data.appending(path: "models/pedestrian-ssdlite-mobilenet-v2/frozen_inference_graph.pb")

  /// A detector of a few thousand weights, which loads and runs in next to no time and finds what is not there.
  public static let smallModel = checkout.appending(path: "Tests/FuzzCorpus/graph/tiny-detector.pb")

  /// The sample footage, fetched by `make setup`: 795 frames, 768×576, 10 a second.
  public static let footage = data.appending(path: "footage/vtest.avi")
}
