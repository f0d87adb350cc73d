import Inference
import Kernels
import Model
import TestNetworks
import Testing

/// Small graphs, each with something that a planner gets wrong easily, on every kernel set.
@Suite struct LayerTests {
  /// A graph by its name, for the test's report.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let build: @Sendable (inout NetworkBuilder) throws -> [Graph.Value]
    var input = Shape(height: 23, width: 18, channels: 3)
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "a pointwise convolution of the picture") { [try $0.convolution($0.graph.input, to: 5)] },
    Case(name: "a 7×7 stem with stride 2") { [try $0.convolution($0.graph.input, to: 33, kernel: 7, stride: 2)] },
    Case(name: "a stem with stride 3 and unequal zeros") {
      [
        try $0.convolution(
          $0.graph.input, to: 4, kernel: 4, stride: 3, padding: .explicit(top: 0, left: 3, bottom: 2, right: 1))
      ]
    },
    Case(name: "two stems of one picture and their sum") {
      let one = try $0.convolution($0.graph.input, to: 20, kernel: 3)
      let other = try $0.convolution($0.graph.input, to: 20, kernel: 5)
      return [try $0.relu6($0.append(.add(.none), [one, other]))]
    },
    Case(
      name: "a gray picture", build: { [try $0.convolution($0.graph.input, to: 8, kernel: 3, stride: 2)] },
      input: Shape(height: 9, width: 12, channels: 1)),
    Case(name: "a dense 3×3 convolution with a residual") {
      let stem = try $0.convolution($0.graph.input, to: 20, kernel: 3, stride: 2)
      let dense = try $0.norm($0.convolution(stem, to: 20, kernel: 3))
      return [try $0.relu6($0.append(.add(.none), [stem, dense]))]
    },
    Case(name: "a dense 3×3 convolution in slices and strips, with a residual") {
      let stem = try $0.convolution($0.graph.input, to: 40, kernel: 3)
      let dense = try $0.norm($0.convolution(stem, to: 40, kernel: 3))
      return [try $0.relu6($0.append(.add(.none), [stem, dense]))]
    },
    Case(name: "dense 3×3 convolutions of many channels, all of one map, with a residual and other zeros") {
      let stem = try $0.relu6($0.convolution($0.graph.input, to: 64, kernel: 3, stride: 2))
      let dense = try $0.norm($0.convolution(stem, to: 64, kernel: 3))
      let swish = try $0.hardSwish($0.convolution(stem, to: 20, kernel: 3, bias: true))
      let valid = try $0.convolution(stem, to: 7, kernel: 3, padding: .explicit(top: 0, left: 1, bottom: 0, right: 2))
      return [try $0.relu6($0.append(.add(.none), [stem, dense])), swish, valid]
    },
    Case(
      name: "pointwise convolutions of many channels and an odd number of pixels, with a residual and a hard-swish",
      build: {
        let stem = try $0.relu6($0.convolution($0.graph.input, to: 96, kernel: 3))
        let sum = try $0.relu6($0.append(.add(.none), [stem, $0.norm($0.convolution(stem, to: 96))]))
        return [sum, try $0.hardSwish($0.convolution(sum, to: 116, bias: true)), try $0.convolution(sum, to: 64)]
      }, input: Shape(height: 9, width: 13, channels: 3)),
    Case(name: "dense convolutions with strides, down to one pixel") {
      let stem = try $0.convolution($0.graph.input, to: 40, kernel: 3)
      let half = try $0.convolution(stem, to: 50, kernel: 3, stride: 2, bias: true)
      let third = try $0.convolution(half, to: 17, kernel: 5, stride: 3)
      let last = try $0.convolution(
        third, to: 3, kernel: 4, padding: .explicit(top: 0, left: 0, bottom: 0, right: 1))
      return [last, try $0.convolution(last, to: 33, kernel: 3)]
    },
    Case(name: "a pointwise convolution with stride 2") {
      let stem = try $0.convolution($0.graph.input, to: 24, kernel: 3)
      return [try $0.convolution(stem, to: 9, stride: 2)]
    },
    Case(name: "depthwise convolutions of all kinds") {
      let stem = try $0.convolution($0.graph.input, to: 35, kernel: 3)
      return [
        try $0.depthwise(stem, kernel: 5, stride: 2), try $0.depthwise(stem, kernel: 3, stride: 2),
        try $0.depthwise(stem, kernel: 3, stride: 3), try $0.depthwise(stem, kernel: 2),
        try $0.depthwise(stem, padding: .explicit(top: 1, left: 0, bottom: 0, right: 2)),
        try $0.depthwise(stem, stride: 2, padding: .explicit(top: 0, left: 1, bottom: 1, right: 1)),
      ]
    },
    Case(name: "bottlenecks of all kinds") {
      var top = try $0.relu6($0.convolution($0.graph.input, to: 72, kernel: 3, bias: true))
      top = try $0.convolution($0.relu6($0.depthwise(top, kernel: 5, stride: 2)), to: 20)
      let wide = try $0.relu6($0.convolution(top, to: 50, bias: true))
      let narrow = try $0.convolution($0.depthwise(wide, kernel: 3), to: 20, bias: true)
      let sum = try $0.append(.add(.none), [top, narrow])
      let padding = Padding.explicit(top: 4, left: 5, bottom: 7, right: 1)
      let padded = try $0.depthwise($0.convolution(sum, to: 33, bias: true), padding: padding)
      return [sum, try $0.convolution(padded, to: 4)]
    },
    bottlenecks,
    Case(name: "squeeze-and-excite, with hard-swish, and before a projection with a residual") {
      let stem = try $0.hardSwish($0.norm($0.convolution($0.graph.input, to: 20, kernel: 3, stride: 2)))
      let wide = try $0.hardSwish($0.norm($0.convolution(stem, to: 40)))
      let deep = try $0.hardSwish($0.norm($0.depthwise(wide, kernel: 5)))
      let small = try $0.append(.activation(.relu), [$0.convolution($0.append(.mean, [deep]), to: 9, bias: true)])
      let gate = try $0.relu6($0.convolution(small, to: 40, bias: true))
      let gated = try $0.append(.gate(factor: 0.16667), [deep, gate])
      return [try $0.append(.add(.none), [stem, $0.norm($0.convolution(gated, to: 20))]), gated]
    },
    Case(name: "a feature pyramid, with maps resized in all ways") {
      let stem = try $0.convolution($0.graph.input, to: 20, kernel: 3, stride: 2, bias: true)
      let small = try $0.convolution(stem, to: 20, kernel: 3, stride: 2)
      let shape = $0.graph.shape(of: stem).extents
      let size = Extent(height: shape[1], width: shape[2])
      let large = try $0.append(.resize(Resize(.bilinear, .centers, to: size)), [small])
      let near = try $0.append(.resize(Resize(.nearest, .centers, to: size)), [small])
      let sum = try $0.append(.add(.none), [stem, large])
      let ends = try $0.append(.resize(Resize(.bilinear, .ends, to: Extent(height: 7, width: 3))), [sum])
      let fewer = try $0.append(.resize(Resize(.bilinear, .corners, to: Extent(height: 2, width: 5))), [sum])
      return [try $0.convolution(sum, to: 5, kernel: 3), near, ends, fewer]
    },
    Case(name: "hard-swish that nothing absorbs, and bottlenecks with it") {
      let stem = try $0.convolution($0.graph.input, to: 40, kernel: 3)
      let swish = try $0.hardSwish(stem)
      let wide = try $0.hardSwish($0.convolution(swish, to: 50, bias: true))
      let deep = try $0.hardSwish($0.depthwise(wide, stride: 2))
      return [stem, swish, try $0.convolution(deep, to: 10), try $0.append(.mean, [swish])]
    },
    Case(name: "a norm and activations that nothing absorbs") {
      let stem = try $0.convolution($0.graph.input, to: 21, kernel: 3)
      let norm = try $0.norm(stem)
      let relu = try $0.append(.activation(.relu), [norm])
      return [stem, relu, try $0.append(.add(.relu6), [relu, norm]), try $0.append(.add(.none), [norm, norm])]
    },
    Case(name: "fake quantisations, of a bias and an activation and alone") {
      let grid = QuantizationGrid((-1, 2), bits: 4, isNarrow: false)!
      let stem = try $0.norm($0.convolution($0.graph.input, to: 21, kernel: 3, stride: 2))
      let first = try $0.append(.fakeQuantization(FakeQuantization(grid: grid)), [$0.relu6(stem)])
      let next = try $0.append(.fakeQuantization(FakeQuantization(grid: grid)), [$0.convolution(first, to: 5)])
      return [next, try $0.depthwise(first)]
    },
    Case(name: "an output that others read, and one handed out twice") {
      let stem = try $0.convolution($0.graph.input, to: 16, kernel: 3)
      let next = try $0.convolution(stem, to: 16)
      return [stem, next, stem]
    },
    Case(name: "concatenations of concatenations, and one of their parts as an output") {
      let stem = try $0.convolution($0.graph.input, to: 6, kernel: 3, stride: 2)
      let small = try $0.convolution(stem, to: 12, kernel: 3, stride: 2)
      let flat = try $0.append(.reshape(Shape([1, 12 * 9, 6])), [stem])
      let other = try $0.append(.reshape(Shape([1, 6 * 5 * 2, 6])), [small])
      let both = try $0.append(.concatenation(axis: 1), [flat, other])
      let again = try $0.append(.reshape(Shape([1, 12 * 9, 6])), [stem])
      return [try $0.append(.concatenation(axis: 1), [again, both]), both]
    },
    Case(name: "maps concatenated without a reshape") {
      let stem = try $0.convolution($0.graph.input, to: 6, kernel: 3, stride: 2)
      let other = try $0.convolution($0.graph.input, to: 6, kernel: 5, stride: 2)
      return [try $0.append(.concatenation(axis: 1), [other, stem])]
    },
  ]

  @Test(arguments: cases) func anEngineAgreesWithPlainLoops(on example: Case) throws {
    var builder = NetworkBuilder(input: example.input)
    let graph = try builder.finish(example.build(&builder))
    let picture = picture(example.input)
    let expected = plainOutputs(of: graph, picture: picture)
    for kernels in KernelSet.all where kernels.isSupported {
      // In strips of two rows, and in one strip.
      for (threads, strips) in [(1, StripSizes(from: 0, floats: 0)), (3, StripSizes(from: 0, floats: 0)), (1, allRows)]
      {
        let results = try outputs(of: graph, picture: picture, kernels: kernels, threads: threads, strips: strips)
        #expect(difference(results, expected) < 1e-4, "\(kernels.name), \(threads) threads")
      }
    }
  }

  private var allRows: StripSizes { StripSizes(from: 0) }

  /// Blocks whose results have room where their spread rows lie, and, last, two that are larger than these.
  static let bottlenecks = Case(name: "bottlenecks under windows of all kinds") { builder in
    let stem = try builder.convolution(builder.graph.input, to: 20, kernel: 3, bias: true)
    func block(_ kernel: Int, stride: Int = 1, dilation: Int = 1, _ padding: Padding = .same) throws -> Graph.Value {
      let wide = try builder.relu6(builder.convolution(stem, to: 33, bias: true))
      let deep = try builder.depthwise(wide, kernel: kernel, stride: stride, dilation: dilation, padding: padding)
      return try builder.convolution(deep, to: 5, bias: true)
    }
    return [
      try block(3), try block(5), try block(5, stride: 2), try block(3, dilation: 2),
      try block(2, .explicit(top: 1, left: 0, bottom: 0, right: 1)),
      try block(3, stride: 2, .explicit(top: 2, left: 2, bottom: 2, right: 2)),
      // Most windows lie below the map.
      try block(3, stride: 3, .explicit(top: 0, left: 1, bottom: 40, right: 0)),
      try block(3, .explicit(top: 1, left: 1, bottom: 300, right: 1)),
      try block(3, .explicit(top: 0, left: 2, bottom: 2, right: 2)),
    ]
  }

  @Test func blocksThatAreLargerThanTheirSpreadRowsAreNone() throws {
    var builder = NetworkBuilder(input: Self.bottlenecks.input)
    let engine = try Engine(
      builder.finish(Self.bottlenecks.build(&builder)), kernels: .fastest, strips: StripSizes(from: 0))
    #expect(engine.steps.count { $0.kind == .bottleneck } == 7)
  }

  /// What the engine cannot run, and a word of the reason.
  static let refused: [(Case, String)] = [
    (Case(name: "the picture handed out") { [$0.graph.input] }, "picture itself"),
    (Case(name: "a depthwise stem") { [try $0.depthwise($0.graph.input)] }, "only a convolution"),
    (
      Case(
        name: "five channels", build: { [try $0.convolution($0.graph.input, to: 4)] },
        input: Shape(height: 2, width: 2, channels: 5)), "1 to 4 channels"
    ),
    (
      Case(name: "computing on a reshaped tensor") {
        let stem = try $0.convolution($0.graph.input, to: 4)
        let flat = try $0.append(.reshape(Shape(height: 18, width: 23, channels: 4)), [stem])
        return [try $0.convolution(flat, to: 4)]
      }, "reshaped tensor"
    ),
    (
      Case(name: "channels concatenated") {
        let stem = try $0.convolution($0.graph.input, to: 4)
        return [try $0.append(.concatenation(axis: 3), [stem, stem])]
      }, "axis 3"
    ),
    (
      Case(name: "maps of gigabytes") {
        let padding = Padding.explicit(top: 60, left: 60, bottom: 0, right: 0)
        var top = try $0.convolution($0.graph.input, to: 1, padding: padding)
        for _ in 0..<5 {
          let shape = $0.graph.shape(of: top).extents
          top = try $0.convolution(
            top, to: 1, padding: .explicit(top: shape[1], left: shape[2], bottom: shape[1], right: shape[2]))
        }
        return [top]
      }, "MB"
    ),
  ]

  @Test(arguments: refused.indices)
  func whatCannotRunIsRefusedWithItsReason(index: Int) throws {
    let (example, reason) = Self.refused[index]
    var builder = NetworkBuilder(input: example.input)
    let graph = try builder.finish(example.build(&builder))
    #expect {
      _ = try Engine(graph)
    } throws: { error in
      (error as? InferenceError)?.reason.contains(reason) == true
    }
  }
}
