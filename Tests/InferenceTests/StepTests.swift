import Inference
import Kernels
import Model
import TestNetworks
import Testing

/// What an engine says of its steps, and the run that times them.
@Suite struct StepTests {
  private let graph: Graph

  init() throws { graph = try ssdliteMobileNetV2(size: 96, columns: 3, width: 0.25) }

  @Test(arguments: [0, 5000, Int.max]) func stepsHaveTheNetworksMultiplyAdds(leastValues: Int) throws {
    let engine = try Engine(graph, kernels: .fastest, strips: StripSizes(from: leastValues))
    let total = engine.steps.reduce(0) { $0 + $1.multiplyAdds }
    #expect(total == GraphStatistics(graph).total.multiplyAdds)
    #expect(engine.steps.contains { $0.kind == .bottleneck } == (leastValues < .max))
    #expect(engine.steps.allSatisfy { ($0.kind == .bottleneck) == ($0.nodes.count == 3) })
  }

  @Test(arguments: [0, Int.max]) func everyNodeThatIsWorkIsInOneStep(leastValues: Int) throws {
    let engine = try Engine(graph, kernels: .fastest, strips: StripSizes(from: leastValues))
    let work = graph.optimized().nodes.filter {
      switch $0.operation {
      case .reshape, .concatenation: false
      default: true
      }
    }
    let covered = engine.steps.filter { $0.kind != .flatten }.flatMap(\.nodes)
    #expect(covered.sorted() == work.map(\.name).sorted())
    // Two heads on each of six maps.
    #expect(engine.steps.filter { $0.kind == .flatten }.count == 12)
  }

  @Test func stepsSayWhatTheyGive() throws {
    let engine = try Engine(graph, kernels: .fastest, strips: StripSizes(from: .max))
    let first = try #require(engine.steps.first)
    #expect(first.kind == .picture)
    #expect((first.width, first.height, first.channels) == (48, 48, 8))
    #expect(first.multiplyAdds == 48 * 48 * 9 * 3 * 8)
  }

  @Test(arguments: [1, 3]) func aTimedRunTimesEachStepAndGivesTheSame(threads: Int) throws {
    let engine = try Engine(graph)
    let pool = TensorPool(layout: engine.inputLayout, capacity: 1)
    let input = pool.take()
    var noise = Noise(seed: 5)
    for row in 0..<96 { for index in 0..<288 { input.address(row: row)[index] = noise.next() } }
    var session = Session(engine, threads: threads)
    session.run(input)
    let plain = session.withOutput(1) { values in values.indices.map { values[$0] } }
    var times: [Duration] = []
    session.run(input, timing: &times)
    let timed = session.withOutput(1) { values in values.indices.map { values[$0] } }
    #expect(times.count == engine.steps.count)
    #expect(times.allSatisfy { $0 >= .zero })
    #expect(timed == plain)
  }
}
