import Inference
import Kernels
import Model
import TestNetworks
import Testing

/// The order in which sums are made, to the bit.
///
/// Where activations are rounded to few values a last bit becomes a whole step, so results are the reference runtime's
/// only if sums are made as it makes them: from zero, over rows, columns and channels of the window in this order, each
/// product fused with the sum; the bias comes last, rounded for itself.
@Suite struct SummationTests {
  /// The sets that fuse products with sums.
  #if arch(arm64)
    static let fusing = ["baseline"]
  #else
    static let fusing = KernelSet.all.filter(\.isSupported).map(\.name).filter { $0.hasPrefix("avx") }
  #endif

  @Test(arguments: fusing, [1, 3]) func sumsRunInTheOrderOfTheWindow(isa: String, threads: Int) throws {
    let grid = try #require(QuantizationGrid((-2, 6), bits: 8, isNarrow: false))
    var builder = NetworkBuilder(input: Shape(height: 23, width: 18, channels: 3))
    /// Adds a bias, a ReLU6 and a fake quantisation.
    func rounded(_ sum: Graph.Value) throws -> Graph.Value {
      let channels = builder.graph.shape(of: sum).extents[3]
      let ones = Constant(Array(repeating: 1, count: channels), shape: Shape([channels]))
      var noise = Noise(seed: UInt64(channels))
      let bias = try builder.append(.affine(scale: ones, offset: noise.constant([channels], scale: 0.3)), [sum])
      return try builder.append(.fakeQuantization(FakeQuantization(grid: grid)), [builder.relu6(bias)])
    }
    let stem = try rounded(builder.convolution(builder.graph.input, to: 21, kernel: 3, stride: 2))
    let depthwise = try rounded(builder.depthwise(stem))
    let pointwise = try rounded(builder.convolution(depthwise, to: 70))
    let dense = try rounded(builder.convolution(pointwise, to: 33, kernel: 3, stride: 2))
    let narrow = try rounded(builder.depthwise(dense, stride: 2))
    // Not rounded, so that their last bits show: of odd and even depths, with a last vector that is half padding.
    let sums = [
      try builder.convolution(narrow, to: 5), try builder.convolution(pointwise, to: 24),
      try builder.convolution(pointwise, to: 5, kernel: 3, stride: 2),
    ]
    let graph = builder.finish([stem, depthwise, pointwise, dense, narrow] + sums)
    let picture = picture(graph.shape(of: graph.input))
    let found = try outputs(
      of: graph, picture: picture, kernels: try KernelSet.chosen(named: isa), threads: threads,
      strips: StripSizes(from: 0))
    let expected = fusedOutputs(of: graph, picture: picture)
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "output \(index)")
    }
  }

  /// Returns the outputs of `graph`, whose sums are made in the stated order, in float32.
  private func fusedOutputs(of graph: Graph, picture: [Float]) -> [[Float]] {
    var values: [Graph.Value: [Float]] = [graph.input: picture]
    for node in graph.nodes {
      let (input, shape) = (values[node.inputs[0]]!, graph.shape(of: node.inputs[0]))
      switch node.operation {
      case .convolution(let convolution):
        values[node.output] = sums(
          input, shape, graph.shape(of: node.output), convolution.weights, convolution.window, isDepthwise: false)
      case .depthwise(let convolution):
        values[node.output] = sums(
          input, shape, graph.shape(of: node.output), convolution.weights, convolution.window, isDepthwise: true)
      case .affine(_, let offset):
        let offsets = offset.values
        values[node.output] = input.enumerated().map { $1 + offsets[$0 % offsets.count] }
      case .activation: values[node.output] = input.map { min(max($0, 0), 6) }
      case .fakeQuantization(let quantization): values[node.output] = input.map { quantization.grid($0) }
      case .add, .mean, .gate, .resize, .reshape, .concatenation, .map, .integer:
        Issue.record("\(node) is no part of the test's network.")
      }
    }
    return graph.outputs.map { values[$0]! }
  }

  /// Returns a convolution without bias.
  private func sums(
    _ input: [Float], _ shape: Shape, _ output: Shape, _ weights: Constant, _ window: Window, isDepthwise: Bool
  ) -> [Float] {
    guard case .explicit(let top, let left, _, _) = window.padding else { return [] }
    let (height, width, depth) = (shape.extents[1], shape.extents[2], shape.extents[3])
    let (kernel, outputs) = (weights.shape.extents, output.extents[3])
    let weights = weights.values
    var result: [Float] = []
    for row in 0..<output.extents[1] {
      for column in 0..<output.extents[2] {
        for channel in 0..<outputs {
          var sum: Float = 0
          for tap in 0..<kernel[0] * kernel[1] {
            let y = row * window.stride.height - top + tap / kernel[1]
            let x = column * window.stride.width - left + tap % kernel[1]
            guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
            let pixel = (y * width + x) * depth
            if isDepthwise {
              sum.addProduct(input[pixel + channel], weights[tap * depth + channel])
            } else {
              for other in 0..<depth {
                sum.addProduct(input[pixel + other], weights[(tap * depth + other) * outputs + channel])
              }
            }
          }
          result.append(sum)
        }
      }
    }
    return result
  }
}
