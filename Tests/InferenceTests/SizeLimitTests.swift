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

  /// Bytes are packed as bytes: four times as many as floats go into the same room.
  @Test func weightsOfBytesCountAsBytes() throws {
    func convolution(_ outputs: Int, _ inputs: Int) -> Operator {
      .integer(
        .convolution(
          IntegerConvolution(
            weights: Array(repeating: 0, count: outputs * inputs), shape: Shape([outputs, 1, 1, inputs]),
            weightZero: 0, bias: nil, factors: Array(repeating: FixedPoint(0.5)!, count: outputs),
            window: Window(stride: Extent(height: 1, width: 1), padding: .same), inputZero: 0,
            result: IntegerResult(zero: 0))))
    }
    var graph = Graph(input: Shape(height: 1, width: 1, channels: 3))
    var value = try graph.append(
      name: "bytes", operation: .integer(.fromReal(IntegerGrid(scale: 1, zero: 0))), inputs: [graph.input])
    value = try graph.append(name: "first", operation: convolution(4096, 3), inputs: [value])
    let shared = convolution(4096, 4096)
    for number in 0..<70 { value = try graph.append(name: "node \(number)", operation: shared, inputs: [value]) }
    graph.markOutputs([value])
    #expect(refusal(graph) == "node 63: the weights up to here need more than 1024 MB")
  }

  /// Windows and functions have no multiply-adds; each node by itself may be allowed, and all of them not.
  @Test(
    arguments: [
      (
        MapOperator.pool(
          Pool(
            .maximum, kernel: Extent(height: 16, width: 16),
            window: Window(stride: Extent(height: 1, width: 1), padding: .same))), 2
      ), (.localResponse(LocalResponse(size: 193, alpha: 1, beta: 1, bias: 1)), 1), (.sigmoid, 8), (.softmax, 8),
    ] as [(MapOperator, Int)]) func windowsAndFunctionsWithoutEndAreRefused(operation: MapOperator, allowed: Int) throws
  {
    var graph = Graph(input: Shape(height: 2048, width: 2048, channels: 3))
    var value = try graph.append(name: "first", operation: convolution(zeros(1, 1, 3, 16)), inputs: [graph.input])
    for number in 0..<10 {
      value = try graph.append(name: "node \(number)", operation: .map(operation), inputs: [value])
    }
    graph.markOutputs([value])
    #expect(
      refusal(graph) == "node \(allowed): the windows and functions up to here go over too many values")
  }

  @Test func mapsThatNoMachineHoldsAreRefused() throws {
    var graph = Graph(input: Shape(height: 4096, width: 4096, channels: 3))
    graph.markOutputs([
      try graph.append(name: "wide", operation: convolution(zeros(1, 1, 3, 64)), inputs: [graph.input])
    ])
    #expect(refusal(graph)?.hasPrefix("wide: the network needs ") == true)
  }
}
