import Model
import ModelImport
import Mutation
import TestData
import Testing

/// Damaged graphs: an error or a model, never a trap and never without end.
struct DamageTests {
  /// Whether the bytes are read as a whole graph, in memory.
  static func isWhole(_ bytes: [UInt8]) throws -> Bool {
    try withFile(bytes) { path in
      do throws(ImportError) {
        _ = try ModelLoader.model(at: path)
        return true
      } catch {
        #expect(error.description.hasPrefix(path))
        #expect(!error.description.contains("\n"))
        return false
      }
    }
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = TinyDetector.graph.bytes
    // All but the version behind the nodes is needed, and not every length is tried: a folder is made for each.
    for count in stride(from: 0, to: bytes.count - 8, by: 23 * TestData.portion) {
      #expect(try !Self.isWhole(Array(bytes[..<count])))
    }
    #expect(try Self.isWhole(bytes))
  }

  @Test(arguments: [5, 6] as [UInt64]) func numbersOutOfRangeNeverTrap(seed: UInt64) throws {
    let strange = [Int.min, -(1 << 31), -2, -1, 0, 1, 7, 1 << 20, 1 << 31, 1 << 40, Int.max]
    var numbers = Numbers(seed: seed)
    for _ in 0..<250 / TestData.portion {
      var graph = TinyDetector.graph
      let place = Int.random(in: graph.nodes.indices, using: &numbers)
      for (key, attribute) in graph.nodes[place].attributes {
        func odd() -> Int { strange.randomElement(using: &numbers)! }
        switch attribute {
        case .integers(let values): graph.nodes[place].attributes[key] = .integers(values.map { _ in odd() })
        case .numbers(let values, let extents):
          graph.nodes[place].attributes[key] = .numbers(values.map { _ in odd() }, extents: extents)
        case .floats(let values, let extents, let asContent):
          graph.nodes[place].attributes[key] = .floats(
            values, extents: extents.map { _ in odd() }, asContent: asContent)
        case .shape(let extents): graph.nodes[place].attributes[key] = .shape(extents.map { _ in odd() })
        case .integer: graph.nodes[place].attributes[key] = .integer(odd())
        case .text, .float, .bool, .type, .function: continue
        }
      }
      if !graph.nodes[place].inputs.isEmpty {
        graph.nodes[place].inputs[0] = graph.nodes.randomElement(using: &numbers)!.name
      }
      _ = try Self.isWhole(graph.bytes)
    }
  }

  @Test func aLongChainIsReadWithoutRecursion() throws {
    var graph = TinyDetector.graph
    graph.nodes += (0..<20_000).map { WrittenNode("link\($0)", "Identity", [$0 == 0 ? "anchors" : "link\($0 - 1)"]) }
    graph["Anchors/transpose"].inputs[0] = "link19999"
    #expect(try graph.model().head.anchors.count == 20)
  }

  @Test func hugeConstantsAreRefused() throws {
    var graph = TinyDetector.graph
    graph.nodes += [.numbers("huge", [4096, 4096, 4096]), WrittenNode("Fill", "Fill", ["huge", "Classes/first"])]
    graph["Anchors/transpose"].inputs[0] = "Fill"
    #expect(try graph.refusal() == "node Fill (Fill): its result 4096×4096×4096 is too large")
  }
}
