// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "count-people",
  dependencies: [.package(name: "stream", path: "../..")],
  targets: [
    .executableTarget(name: "count-people", dependencies: [.product(name: "StreamDetector", package: "stream")])
  ])
