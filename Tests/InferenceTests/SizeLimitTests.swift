import Inference
import Model
import TestNetworks
import Testing

/// What a small file may not ask for: it is refused by name before anything is packed or laid out.
@Suite struct SizeLimitTests {
  /// Returns why the engine refuses `graph`; nil where it does not.
  private func refusal(_ graph: Graph) -> String? {
    do throws(InferenceError) {
      _ = try Engine(graph)
      return nil
    } catch { return error.description }
  }

  /// A convolution with `weights` over a map.
  private func convolution(_ weights: Constant, stride: Int = 1) -> Operator {
    .convolution(
      Convolution(weights: weights, window: Window(stride: Extent(height: stride, width: stride), padding: .same)))
  }

  /// Returns weights that are all zero.
  private func zeros(_ extents: Int...) -> Constant {
    Constant(Array(repeating: 0, count: extents.reduce(1, *)), shape: Shape(extents))
  }

  @Test func aPictureThatNoMachineHoldsIsRefused() throws {
    var graph = Graph(input: Shape(height: 16384, width: 16384, channels: 3))
    graph.markOutputs([
      try graph.append(name: "first", operation: convolution(zeros(1, 1, 3, 1), stride: 64), inputs: [graph.input])
    ])
    #expect(refusal(graph) == "input: a picture of 1×16384×16384×3 is too large")
  }

  /// Seventy nodes that read one constant of 16 MB would pack it seventy times.
  @Test func aConstantThatManyNodesShareCountsForEach() throws {
    var graph = Graph(input: Shape(height: 1, width: 1, channels: 3))
    let shared = zeros(1, 1, 2048, 2048)
    var value = try graph.append(name: "first", operation: convolution(zeros(1, 1, 3, 2048)), inputs: [graph.input])
    for number in 0..<70 {
      value = try graph.append(name: "node \(number)", operation: convolution(shared), inputs: [value])
    }
    graph.markOutputs([value])
    #expect(refusal(graph) == "node 63: the weights up to here need more than 1024 MB")
  }

  @Test func workWithoutEndIsRefused() throws {
    var graph = Graph(input: Shape(height: 4096, width: 4096, channels: 3))
    var value = try graph.append(name: "first", operation: convolution(zeros(3, 3, 3, 64)), inputs: [graph.input])
    let weights = zeros(3, 3, 64, 64)
    for number in 0..<8 {
      value = try graph.append(name: "node \(number)", operation: convolution(weights), inputs: [value])
    }
    graph.markOutputs([value])
    #expect(refusal(graph) == "node 7: the network needs more than 4096 thousand million multiply-adds a picture")
  }

  @Test func mapsThatNoMachineHoldsAreRefused() throws {
    var graph = Graph(input: Shape(height: 4096, width: 4096, channels: 3))
    graph.markOutputs([
      try graph.append(name: "wide", operation: convolution(zeros(1, 1, 3, 64)), inputs: [graph.input])
    ])
    #expect(refusal(graph)?.hasPrefix("wide: the network needs ") == true)
  }
}
