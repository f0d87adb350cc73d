// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house, each with what it imports. What each is for: docs/ARCHITECTURE.md; HouseTests holds both.

/// Settings of the rooms that are made of pointers throughout, where marking each would hide the code.
let bare: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Settings of every room: warnings are errors, imports say who may see them, unsafe code is marked.
let house: [SwiftSetting] = bare + [.strictMemorySafety()]

/// Settings of a room that holds one build of the kernel bodies: whole-module, unchecked, for clang's `target` flags.
///
/// Two passes over Swift's own form of a program are left out: they take two thirds of the time over the tallest tiles,
/// and what they do for loads and loops LLVM does after them.
func kernels(_ target: String...) -> [SwiftSetting] {
  let left = ["redundant-load-elimination", "loop-invariant-code-motion"]
    .flatMap { ["-Xllvm", "-sil-disable-pass=\($0)"] }
  return bare + [.unsafeFlags(["-Ounchecked", "-wmo", "-num-threads", "1"] + left + target.flatMap { ["-Xcc", $0] })]
}

#if arch(x86_64)
  let variants = ["KernelsBaseline", "KernelsAVX2", "KernelsAVX512", "KernelsBF16", "KernelsVNNI"]
#else
  let variants = ["KernelsBaseline"]
#endif

/// Each room with the rooms it imports.
let rooms: [String: [String]] = [
  "KernelCalls": [],
  "KernelsBaseline": ["KernelCalls", "CLanes"],
  "KernelsAVX2": ["KernelCalls", "CLanes"],
  "KernelsAVX512": ["KernelCalls", "CLanes"],
  "KernelsBF16": ["KernelCalls", "CLanes"],
  "KernelsVNNI": ["KernelCalls", "CLanes"],
  "Posix": ["CPosix"],
  "Scene": [],
  "Model": ["Posix", "Scene"],
  "Streaming": ["Posix"],
  "Arguments": [],
  "JSON": [],
  "Kernels": variants + ["KernelCalls", "CLanes", "Posix"],
  "Pixels": ["CFreeType", "KernelCalls", "Kernels", "Model", "Scene"],
  "FFmpeg": ["CFFmpeg", "Pixels", "Posix", "Scene"],
  "Inference": ["KernelCalls", "Kernels", "Model", "Posix"],
  "Capture": ["CV4L2", "FFmpeg", "Pixels", "Posix", "Scene"],
  "Detecting": ["Inference", "Kernels", "Model", "Pixels", "Scene"],
  "Tracking": ["Scene"],
  "Output": ["FFmpeg", "JSON", "Pixels", "Posix", "Scene"],
  "ModelImport": ["CArchive", "JSON", "Model", "Posix", "Scene"],
  "Evaluation": ["JSON", "Scene"],
  "StreamApp": [
    "Arguments", "Capture", "Detecting", "Evaluation", "FFmpeg", "Inference", "JSON", "Kernels", "Model", "ModelImport",
    "Output", "Pixels", "Posix", "Scene", "Streaming", "Tracking",
  ],
]

/// All that `name` reaches. A target names them all: SwiftPM 6.3 does not rebuild a room when the layout of a
/// struct changes in a room that it reaches only through another one's internal import, and the program crashes.
func reached(from name: String) -> Set<String> {
  (rooms[name] ?? []).reduce(into: []) { $0.formUnion(reached(from: $1).union([$1])) }
}

func dependencies(_ name: String) -> [Target.Dependency] { reached(from: name).sorted().map { .byName(name: $0) } }

func settings(_ name: String) -> [SwiftSetting] {
  switch name {
  case "KernelsBaseline": kernels()
  case "KernelsAVX2": kernels("-mavx2", "-mfma")
  case "KernelsAVX512": kernels("-march=x86-64-v4")
  case "KernelsBF16": kernels("-march=x86-64-v4", "-mavx512bf16")
  case "KernelsVNNI": kernels("-march=x86-64-v4", "-mavx512vnni")
  case "KernelCalls": bare
  // The plain kernels are loops over millions of values: unoptimized, tests against them take minutes.
  case "Kernels": bare + [.unsafeFlags(["-O"], .when(configuration: .debug))]
  default: house
  }
}

/// The rooms that this processor's build has.
let built = rooms.keys.sorted().filter { !$0.hasPrefix("Kernels") || $0 == "Kernels" || variants.contains($0) }

let systemLibraries: [Target] = [
  .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
  .systemLibrary(name: "CFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"])]),
  .systemLibrary(name: "CPosix"),
  .systemLibrary(name: "CV4L2", pkgConfig: "libv4l2", providers: [.apt(["libv4l-dev"])]),
]

/// What a room's tests import beyond what the room reaches: the tracker is held against published scores.
let testedWith = [
  "Detecting": ["TestNetworks"], "Inference": ["TestNetworks"], "ModelImport": ["Mutation"], "Tracking": ["Evaluation"],
]

/// Settings of tests that call much and compute little: to optimize them takes longer than to run them as they are.
let calling = bare + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// The rooms whose tests compute.
let computing = ["Detecting", "Inference", "Kernels", "Pixels", "Tracking"]

/// A test of `room`, which may also import all that the room reaches.
func tests(of room: String) -> Target {
  .testTarget(
    name: "\(room)Tests",
    dependencies: dependencies(room) + ([room, "TestData"] + testedWith[room, default: []]).map { .byName(name: $0) },
    path: "Tests/\(room)Tests", exclude: room == "Evaluation" ? ["Cases"] : [],
    swiftSettings: computing.contains(room) ? bare : calling)
}

/// What reads bytes that nobody vouches for, with all that it reaches.
let fuzzed: [Target.Dependency] = ["Capture", "Detecting", "Evaluation", "ModelImport"]
  .reduce(into: Set()) { $0.formUnion(reached(from: $1).union([$1])) }.sorted().map { .byName(name: $0) }

/// libFuzzer's program, which links only where everything is built with `--sanitize fuzzer`: `make fuzz`.
let fuzzer: Target = .executableTarget(
  name: "fuzz", dependencies: fuzzed + ["FuzzTargets"], path: "Tests/Fuzz", swiftSettings: bare)

let tested = [
  "Arguments", "Capture", "Detecting", "Evaluation", "FFmpeg", "Inference", "JSON", "Kernels", "Model", "ModelImport",
  "Output", "Pixels", "Posix", "Scene", "Streaming", "Tracking", "StreamApp",
]

/// The rooms to which a build for some tests alone is held, nil for all: `make sanitize` builds no test that it skips.
let asked = Context.environment["STREAM_TESTS"].map { $0.split(separator: " ").map(String.init) }

/// Tests that look at more than one room, and the programs that they or people start.
let wide: [Target] = [
  .executableTarget(
    name: "benchmarks", dependencies: dependencies("Kernels") + ["Kernels"], swiftSettings: bare),
  .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
  .executableTarget(
    name: "allocation-count",
    dependencies: dependencies("Inference") + ["Inference", "TestNetworks", "CAllocationCount"],
    path: "Tests/AllocationCount", swiftSettings: bare),
  .executableTarget(
    name: "pipeline-allocation-count",
    dependencies: dependencies("Output") + ["Output", "Streaming", "CAllocationCount"],
    path: "Tests/PipelineAllocationCount", swiftSettings: bare),
  .target(
    name: "FuzzTargets", dependencies: fuzzed, path: "Tests/FuzzTargets", swiftSettings: bare),
  .executableTarget(
    name: "mutation-run", dependencies: fuzzed + ["FuzzTargets", "Mutation"], path: "Tests/MutationRun",
    swiftSettings: bare),
  .testTarget(
    name: "RobustnessTests",
    dependencies: dependencies("Output") + ["FuzzTargets", "Mutation", "Output", "TestData"],
    path: "Tests/RobustnessTests", swiftSettings: bare),
  .testTarget(name: "HouseTests", path: "Tests/HouseTests", swiftSettings: bare),
  .testTarget(
    name: "EndToEndTests", dependencies: ["TestData"], path: "Tests/EndToEndTests", exclude: ["Expectations"],
    swiftSettings: calling),
]

let package = Package(
  name: "stream",
  products: [
    .executable(name: "stream", targets: ["stream"]),
    .library(
      name: "StreamDetector",
      targets: [
        "Capture", "Detecting", "Inference", "Model", "ModelImport", "Output", "Pixels", "Posix", "Scene", "Streaming",
        "Tracking",
      ]),
  ],
  targets: systemLibraries
    + [
      .target(name: "CFFmpeg"),
      .target(name: "CLanes"),
      .executableTarget(
        name: "stream", dependencies: dependencies("StreamApp") + ["StreamApp"], swiftSettings: house,
        // Swift's runtime inside, in every release build: what is tested is what is installed.
        linkerSettings: [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]),
      .target(name: "TestData", path: "Tests/TestData", swiftSettings: bare),
      .target(
        name: "TestNetworks", dependencies: dependencies("Model") + ["Model"], path: "Tests/TestNetworks",
        swiftSettings: bare),
      .executableTarget(
        name: "camera-probe", dependencies: dependencies("Capture") + ["Capture"], path: "Tests/CameraProbe",
        swiftSettings: bare),
      .target(name: "Mutation", path: "Tests/Mutation", swiftSettings: bare),
    ]
    + (Context.environment["STREAM_FUZZ"] == nil ? [] : [fuzzer])
    + built.map { .target(name: $0, dependencies: dependencies($0), swiftSettings: settings($0)) }
    + (asked == nil ? wide : []) + tested.filter { asked?.contains($0) ?? true }.map(tests))
