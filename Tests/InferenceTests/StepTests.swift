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

  /// Blocks by strips of two rows, which take over rows from each other and from the piece above: never those of the picture
  /// before, nor of another thread.
  @Test(arguments: [2, 3]) func runsOfOneSessionGiveWhatFreshOnesGive(threads: Int) throws {
    let engine = try Engine(graph, kernels: .fastest, strips: StripSizes(from: 0, floats: 0))
    let pool = TensorPool(layout: engine.inputLayout, capacity: 2)
    let one = noise(seed: 7, from: pool)
    let other = noise(seed: 8, from: pool)
    let expected = (fresh(engine, one), fresh(engine, other))
    #expect(expected.0 != expected.1)
    var session = Session(engine, threads: threads)
    for round in 0..<10 {
      let found = (heads(&session, one), heads(&session, other))
      #expect(found.0 == expected.0 && found.1 == expected.1, "round \(round)")
    }
  }

  /// Returns a picture that looks random.
  private func noise(seed: UInt64, from pool: TensorPool) -> InputTensor {
    let input = pool.take()
    var noise = Noise(seed: seed)
    for row in 0..<96 { for index in 0..<288 { input.address(row: row)[index] = noise.next() } }
    return input
  }

  /// Returns the class logits of `input`, in `session` or in one of one thread that has seen nothing else.
  private func heads(_ session: inout Session, _ input: borrowing InputTensor) -> [Float] {
    session.run(input)
    return session.withOutput(1) { values in values.indices.map { values[$0] } }
  }
  private func fresh(_ engine: Engine, _ input: borrowing InputTensor) -> [Float] {
    var session = Session(engine, threads: 1)
    return heads(&session, input)
  }

  @Test(arguments: [1, 3]) func aTimedRunTimesEachStepAndGivesTheSame(threads: Int) throws {
    let engine = try Engine(graph)
    let input = noise(seed: 5, from: TensorPool(layout: engine.inputLayout, capacity: 1))
    var session = Session(engine, threads: threads)
    let plain = heads(&session, input)
    var times: [Duration] = []
    session.run(input, timing: &times)
    let timed = session.withOutput(1) { values in values.indices.map { values[$0] } }
    #expect(times.count == engine.steps.count)
    #expect(times.allSatisfy { $0 >= .zero })
    #expect(timed == plain)
  }
}
