import Foundation
import Testing

/// The rules of the house, read from the sources themselves.
@Suite struct HouseTests {
  @Test func everyFolderIsARoom() throws {
    for room in try House.rooms() where !House.folders.contains(room) {
      #expect(House.layer(of: room) != nil, "\(room) has no layer")
    }
  }

  /// docs/ARCHITECTURE.md has each room once, in the row of its layer.
  @Test func theArchitecturePageHasEveryRoom() throws {
    let text = try String(contentsOf: House.checkout.appending(path: "docs/ARCHITECTURE.md"), encoding: .utf8)
    var layers: [String: Int] = [:]
    for row in text.matches(of: #/\n\| (\d+) \| ([^|]*) \|/#) {
      for name in row.2.matches(of: #/`(\w+)`/#) { layers[String(name.1)] = Int(row.1) }
    }
    for (layer, rooms) in House.layers.enumerated() {
      for room in rooms { #expect(layers[room] == layer, "\(room)") }
    }
    #expect(layers.count == House.layers.joined().count)
  }

  @Test func importsPointDown() throws {
    for (room, imports) in try House.manifest() {
      let layer = try #require(House.layer(of: room), "\(room)")
      for name in imports {
        #expect(try #require(House.layer(of: name), "\(name)") < layer, "\(room) imports \(name)")
      }
    }
  }

  @Test func filesImportWhatTheManifestSaysAndNothingElse() throws {
    let manifest = try House.manifest()
    try #require(manifest.count > 15)
    for (room, allowed) in manifest {
      var used: Set<String> = []
      for file in try House.files(of: room) {
        for name in file.imports where !House.toolchain.contains(name) {
          used.insert(name)
          #expect(allowed.contains(name), "\(file) imports \(name)")
        }
      }
      #expect(allowed.subtracting(used) == [], "\(room) may import what it does not")
    }
  }

  /// SwiftPM does not rebuild a room whose reached structs change unless the manifest names them all.
  @Test func theManifestNamesAllThatATargetReaches() throws {
    let text = try String(contentsOf: House.checkout.appending(path: "Package.swift"), encoding: .utf8)
    #expect(text.contains("reached(from: name).sorted().map { .byName(name: $0) }"))
    #expect(text.contains("built.map { .target(name: $0, dependencies: dependencies($0)"))
  }

  @Test func noFileIsLongerThan400Lines() throws {
    for room in try House.rooms() {
      for file in try House.files(of: room) { #expect(file.lines.count <= 401, "\(file): \(file.lines.count)") }
    }
  }

  @Test func namesSayWhatAThingIs() throws {
    for room in try House.rooms() {
      let declaration = try Regex("(struct|class|enum|protocol|actor) \(room)\\b")
      for file in try House.files(of: room) {
        for word in ["Util", "Helper", "Manager", "Common", "Misc"] { #expect(!file.name.contains(word), "\(file)") }
        for line in file.code where line.text.contains(room) && line.text.contains(declaration) {
          Issue.record("\(file):\(line.number) declares a type with the name of its module")
        }
      }
    }
  }

  /// ThreadSanitizer does not see the lock of the toolchain's own `Mutex`, and calls what it guards a race.
  @Test func locksAreOnesThatTheSanitizerSees() throws {
    let checkout = House.checkout
    for folder in ["Sources", "Tests", "Examples"] {
      let root = checkout.appending(path: folder)
      for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) where path.hasSuffix(".swift") {
        guard !path.contains(".build/") else { continue }
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        #expect(!text.contains(#/\bMutex[<(]/#), "\(folder)/\(path): Posix.Guarded stands for it")
      }
    }
  }

  /// Below StreamApp nothing prints, exits or reads the environment.
  @Test func onlyTheAppTalksToTheOutside() throws {
    let outside =
      #/(^|[^.\w])(print|exit|getenv|secure_getenv|debugPrint|fatalError)\(|CommandLine\.|STDERR_FILENO|\bstderr\b/#
    for room in try House.rooms() where !["StreamApp", "stream", "benchmarks"].contains(room) {
      for file in try House.files(of: room) {
        for line in file.code where line.text.contains(outside) {
          Issue.record("\(file):\(line.number): \(line.text)")
        }
      }
    }
  }

  @Test func nothingIsLeftUnfinished() throws {
    let words = ["TODO", "FIXME", "XXX", "HACK"]
    let word = #/\b(TODO|FIXME|XXX|HACK)\b/#
    for room in try House.rooms() {
      for file in try House.files(of: room) {
        for (number, line) in file.lines.enumerated() where words.contains(where: line.contains) && line.contains(word)
        {
          Issue.record("\(file):\(number + 1): \(line)")
        }
      }
    }
  }

  @Test func publicTypesAndFunctionsAreDocumented() throws {
    let declaration =
      #/^\s*(public|package) (?:(?:static|mutating|consuming|borrowing|final|indirect|nonisolated|convenience) )*(struct|class|enum|protocol|func|typealias)\b/#
    for room in try House.rooms() {
      for file in try House.files(of: room) {
        for (index, line) in file.lines.enumerated() where line.contains(declaration) {
          var above = index - 1
          while above >= 0, file.lines[above].contains(#/^\s*(@|#if|#else|#endif)/#) { above -= 1 }
          let isDocumented = above >= 0 && file.lines[above].contains(#/^\s*///#)
          #expect(isDocumented, "\(file):\(index + 1): \(line)")
        }
      }
    }
  }

  @Test func everyKernelRoomLinksEveryBody() throws {
    let bodies = try House.files(of: "KernelsBody").map(\.name)
    try #require(!bodies.isEmpty)
    for room in ["KernelsBaseline", "KernelsAVX2", "KernelsAVX512"] {
      for body in bodies {
        let link = House.checkout.appending(path: "Sources/\(room)/\(body)").path
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "../KernelsBody/\(body)")
      }
    }
    // Only the bodies of bytes gain from its instructions.
    let byteBodies = bodies.filter { $0.hasPrefix("Byte") }
    #expect(try House.files(of: "KernelsVNNI").map(\.name) == (byteBodies + ["ByteLanes.swift"]).sorted())
    // Only products and depthwise 3×3 convolutions gain from those of pairs; the latter's pixels are its own.
    let ofPairs = [
      "Columns.swift", "Convolve.swift", "Lanes.swift", "Multiply.swift", "Peak.swift", "Pixels.swift", "Tile.swift",
      "Words.swift",
    ]
    #expect(try House.files(of: "KernelsBF16").map(\.name) == ofPairs)
  }
}
