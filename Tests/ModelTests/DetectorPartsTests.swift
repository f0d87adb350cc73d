import Model
import Testing

@Suite struct DetectorPartsTests {
  /// A stem, two maps, as many extra maps as asked for, and a box and a class predictor on each.
  private func detector(extras: Int) throws -> Graph {
    var graph = Graph(input: Shape(height: 8, width: 8, channels: 3))
    var top = try graph.add("stem", pointwise(3, 4), graph.input)
    var taps: [Graph.Value] = []
    for index in 0..<2 + extras {
      top = try graph.add(index < 2 ? "map \(index)" : "extra \(index)", pointwise(4, 4), top)
      taps.append(top)
    }
    var heads: [Graph.Value] = []
    for name in ["boxes", "classes"] {
      let parts = try taps.enumerated().map { index, tap in
        let spread = try graph.add("\(name) \(index) depthwise", depthwise(4), tap)
        let map = try graph.add("\(name) \(index)", pointwise(4, 4), spread)
        return try graph.add("\(name) \(index) reshape", .reshape(Shape([1, 64, 4])), map)
      }
      heads.append(try graph.append(name: name, operation: .concatenation(axis: 1), inputs: parts))
    }
    _ = try graph.add("unused", pointwise(4, 4), top)
    graph.markOutputs(heads)
    return graph
  }

  @Test(arguments: [0, 1, 4]) func partsAreToldByWhatNeedsThem(extras: Int) throws {
    let graph = try detector(extras: extras)
    let parts = try #require(DetectorParts(graph)).parts
    for (node, part) in zip(graph.nodes, parts) {
      let expected: DetectorParts.Part? =
        switch node.name {
        case "unused": nil
        case "stem": .backbone
        case let name where name.hasPrefix("map"): .backbone
        case let name where name.hasPrefix("extra"): .extra
        default: .predictor
        }
      #expect(part == expected, "\(node.name)")
    }
  }

  @Test func whatIsNoDetectorHasNoParts() throws {
    var graph = Graph(input: Shape(height: 8, width: 8, channels: 3))
    let one = try graph.add("one", pointwise(3, 4), graph.input)
    let other = try graph.add("other", pointwise(3, 4), graph.input)
    graph.markOutputs([one])
    #expect(DetectorParts(graph) == nil)
    graph.markOutputs([one, other])
    #expect(DetectorParts(graph) == nil)
  }
}
