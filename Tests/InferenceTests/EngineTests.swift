import Inference
import Kernels
import Model
import TestNetworks
import Testing

/// Returns the outputs of `graph` for `picture`, by an engine of `kernels` on `threads` threads.
func outputs(
  of graph: Graph, picture: [Float], kernels: KernelSet, precision: Precision = .float32, threads: Int = 1,
  strips: StripSizes = StripSizes()
) throws -> [[Float]] {
  let engine = try Engine(graph, kernels: kernels, precision: precision, strips: strips)
  let pool = TensorPool(layout: engine.inputLayout, capacity: 1)
  let input = pool.take()
  let width = engine.inputLayout.width * engine.inputLayout.channels
  for row in 0..<engine.inputLayout.height {
    for index in 0..<width { input.address(row: row)[index] = picture[row * width + index] }
  }
  var session = Session(engine, threads: threads)
  session.run(input)
  return graph.outputs.indices.map { index in
    session.withOutput(index) { values in values.indices.map { values[$0] } }
  }
}

/// Returns the largest difference of two lists of tensors, infinite where the sizes differ.
func difference(_ left: [[Float]], _ right: [[Double]]) -> Double {
  guard left.map(\.count) == right.map(\.count) else { return .infinity }
  return zip(left.joined(), right.joined()).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
}

/// Returns a picture that looks random.
func picture(_ shape: Shape) -> [Float] {
  var noise = Noise(seed: 7)
  return (0..<(shape.count ?? 0)).map { _ in noise.next() }
}

@Suite struct EngineTests {
  @Test func aWholeNetworkAgreesWithPlainLoops() throws {
    let graph = try ssdliteMobileNetV2(size: 96, columns: 3, width: 0.25)
    let picture = picture(graph.shape(of: graph.input))
    let expected = plainOutputs(of: graph, picture: picture)
    for kernels in KernelSet.all where kernels.isSupported {
      for (threads, leastValues) in [(1, Int.max), (2, Int.max), (1, 0), (2, 0), (3, 5000)] {
        let results = try outputs(
          of: graph, picture: picture, kernels: kernels, threads: threads,
          strips: StripSizes(from: leastValues, floats: leastValues))
        #expect(
          difference(results, expected) < 1e-4,
          "\(kernels.name), \(threads) threads, fused from \(leastValues) floats")
      }
    }
  }

  @Test func realNumbersAreNotRunAsWholeOnes() throws {
    var graph = try ssdliteMobileNetV2(size: 96, columns: 3, width: 0.25)
    graph.arithmetic = .integer8
    let error = #expect(throws: InferenceError.self) { try Engine(graph) }
    #expect(error?.reason == "real numbers in a network of whole ones are not supported")
  }

  @Test(arguments: [Operator.reshape(Shape(height: 2, width: 8, channels: 3)), .concatenation(axis: 3)])
  func thePictureIsNotMovedBeforeItsNumbersAreWhole(move: Operator) throws {
    var graph = Graph(input: Shape(height: 4, width: 4, channels: 3))
    let grid = IntegerGrid(scale: 1, zero: -128)
    let moved = try graph.append(name: "move", operation: move, inputs: [graph.input])
    let whole = try graph.append(name: "whole", operation: .integer(.fromReal(grid)), inputs: [moved])
    graph.markOutputs([try graph.append(name: "real", operation: .integer(.toReal(grid)), inputs: [whole])])
    graph.arithmetic = .integer8
    let error = #expect(throws: InferenceError.self) { try Engine(graph) }
    #expect(error?.node == "move" && error?.reason.hasPrefix("it moves the picture") == true)
  }
}
