// swift-tools-version: 6.2
import PackageDescription

// A package of its own beside the library, as a user's would be: what it imports is what StreamDetector makes public.

/// A program that is one folder of Swift files.
func example(_ name: String, in folder: String) -> Target {
  .executableTarget(
    name: name, dependencies: [.product(name: "StreamDetector", package: "stream")], path: folder)
}

let package = Package(
  name: "stream-examples",
  dependencies: [.package(name: "stream", path: "..")],
  targets: [
    example("detect-in-picture", in: "DetectInPicture"),
    example("count-people", in: "CountPeople"),
    example("count-to-socket", in: "CountToSocket"),
  ])
