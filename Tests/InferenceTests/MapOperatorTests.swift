import Inference
import Kernels
import Model
import TestNetworks
import Testing

/// Operators without kernels of their own, on every kernel set, against plain loops.
@Suite struct MapOperatorTests {
  private static let two = Extent(height: 2, width: 2)
  private static let three = Extent(height: 3, width: 3)

  private static func window(_ stride: Int, _ top: Int, _ left: Int, _ bottom: Int, _ right: Int) -> Window {
    Window(
      stride: Extent(height: stride, width: stride),
      padding: .explicit(top: top, left: left, bottom: bottom, right: right))
  }

  /// Over a map of 23×18 pixels.
  private static let pools = [
    Pool(.maximum, kernel: two, window: window(2, 0, 0, 1, 0), overhang: Extent(height: 1, width: 0)),
    Pool(.maximum, kernel: three, window: window(1, 1, 1, 1, 1)),
    Pool(.mean, kernel: three, window: window(2, 1, 1, 1, 1)),
    Pool(.mean, kernel: three, window: window(2, 1, 1, 1, 2), countsPadding: true),
    Pool(
      .mean, kernel: three, window: window(3, 1, 0, 2, 2), overhang: Extent(height: 1, width: 1), countsPadding: true),
    Pool(.mean, kernel: two, window: Window(stride: two, padding: .same)),
  ]

  static let cases = [
    LayerTests.Case(name: "poolings of all kinds") {
      let stem = try $0.convolution($0.graph.input, to: 35, kernel: 3)
      var results: [Graph.Value] = []
      for pool in pools { results.append(try $0.append(.map(.pool(pool)), [stem])) }
      return results
    },
    LayerTests.Case(name: "parts of maps, and maps joined") {
      let stem = try $0.convolution($0.graph.input, to: 40, kernel: 3)
      let other = try $0.convolution($0.graph.input, to: 21, kernel: 3)
      let size = Extent(height: 23, width: 18)
      return [
        try $0.append(.map(.join), [stem, other]), try $0.append(.map(.join), [other, stem]),
        try $0.append(.map(.crop(Crop(channel: 16, size: size, channels: 20))), [stem]),
        try $0.append(.map(.crop(Crop(top: 2, left: 3, channel: 5, size: three, channels: 17))), [stem]),
      ]
    },
    LayerTests.Case(name: "pairs, functions, and normalisations among channels") {
      let stem = try $0.convolution($0.graph.input, to: 21, kernel: 3)
      let other = try $0.convolution($0.graph.input, to: 21, kernel: 3)
      let numbers = Constant((0..<21).map { Float($0) / 10 - 0.7 }, shape: Shape([21]))
      let response = LocalResponse(size: 5, alpha: 0.3, beta: 0.75, bias: 1)
      var results: [Graph.Value] = []
      for operation in [MapOperator.product, .maximum] {
        results.append(try $0.append(.map(operation), [stem, other]))
      }
      for operation in [
        MapOperator.sigmoid, .tanh, .softmax, .leaky(slopes: numbers), .unitLength(scale: numbers, epsilon: 1e-5),
        .localResponse(response), .clamp(-0.5 ... .infinity), .clamp(-1...0.25),
      ] { results.append(try $0.append(.map(operation), [stem])) }
      return results
    },
    LayerTests.Case(name: "SAME padding by padding more and cutting") {
      let wide = Padding.explicit(top: 2, left: 2, bottom: 2, right: 2)
      let stem = try $0.convolution($0.graph.input, to: 20, kernel: 3, stride: 2, padding: wide)
      let rows = try $0.append(.map(.crop(Crop(top: 1, size: Extent(height: 12, width: 10), channels: 20))), [stem])
      let both = try $0.append(.map(.crop(Crop(left: 1, size: Extent(height: 12, width: 9), channels: 20))), [rows])
      let deep = try $0.depthwise($0.relu6(both), stride: 2, padding: wide)
      return [
        try $0.append(.map(.crop(Crop(top: 1, left: 1, size: Extent(height: 6, width: 5), channels: 20))), [deep])
      ]
    },
  ]

  @Test(arguments: cases) func anEngineAgreesWithPlainLoops(on example: LayerTests.Case) throws {
    var builder = NetworkBuilder(input: example.input)
    let graph = try builder.finish(example.build(&builder))
    let picture = picture(example.input)
    let expected = plainOutputs(of: graph, picture: picture)
    for kernels in KernelSet.all where kernels.isSupported {
      for threads in [1, 3] {
        let results = try outputs(
          of: graph, picture: picture, kernels: kernels, threads: threads, strips: StripSizes(from: 0))
        #expect(difference(results, expected) < 1e-4, "\(kernels.name), \(threads) threads")
      }
    }
  }

  /// What is cut off is not computed: the zeros are TensorFlow's.
  @Test func aCutBecomesThePaddingOfTheConvolutionBeforeIt() throws {
    let example = try #require(Self.cases.last)
    var builder = NetworkBuilder(input: example.input)
    let graph = try builder.finish(example.build(&builder)).optimized()
    let windows = graph.nodes.compactMap { node -> Padding? in
      switch node.operation {
      case .convolution(let convolution): convolution.window.padding
      case .depthwise(let convolution): convolution.window.padding
      default: nil
      }
    }
    #expect(graph.nodes.count == 2)
    #expect(
      windows == [
        .explicit(top: 0, left: 0, bottom: 2, right: 1), .explicit(top: 0, left: 0, bottom: 1, right: 2),
      ])
  }

  @Test func whatLeavesAMapIsRefused() throws {
    var graph = Graph(input: Shape(height: 4, width: 4, channels: 3))
    let crop = Crop(top: 2, size: Extent(height: 3, width: 4), channels: 3)
    #expect(throws: GraphError.self) {
      try graph.append(name: "crop", operation: .map(.crop(crop)), inputs: [graph.input])
    }
    let pool = Pool(.mean, kernel: Self.two, window: Self.window(2, 2, 0, 0, 0))
    #expect(throws: GraphError.self) {
      try graph.append(name: "pool", operation: .map(.pool(pool)), inputs: [graph.input])
    }
  }
}
