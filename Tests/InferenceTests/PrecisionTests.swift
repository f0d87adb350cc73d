import Inference
import Kernels
import Model
import TestNetworks
import Testing

/// Networks whose products are of halves.
@Suite struct PrecisionTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)

  /// A network with every kind of layer that rounds: 1×1, dense, of odd depths, over few pixels, and bottlenecks, of maps of
  /// floats at the beginning and of halves behind it; a map of halves has several readers, and a depthwise convolution
  /// whose result is read as floats has a map of floats.
  private static func network() throws -> Graph {
    var builder = NetworkBuilder(input: Shape(height: 23, width: 18, channels: 3))
    let stem = try builder.relu6(builder.convolution(builder.graph.input, to: 21, kernel: 3, stride: 2, bias: true))
    let wide = try builder.relu6(builder.convolution(stem, to: 70, bias: true))
    let middle = try builder.relu6(builder.depthwise(wide))
    let narrow = try builder.convolution(middle, to: 21, bias: true)
    let early = try builder.append(.add(.none), [narrow, stem])
    let spread = try builder.relu6(builder.convolution(early, to: 50, bias: true))
    let kept = try builder.hardSwish(builder.depthwise(spread))
    let halved = try builder.relu6(builder.depthwise(spread, stride: 2))
    let summed = try builder.relu6(builder.depthwise(builder.relu6(builder.convolution(early, to: 21, bias: true))))
    let sum = try builder.append(.add(.none), [builder.convolution(kept, to: 21, bias: true), summed])
    let dense = try builder.hardSwish(builder.convolution(sum, to: 33, kernel: 3, stride: 2, bias: true))
    let small = try builder.relu6(builder.convolution(dense, to: 40, kernel: 3, stride: 2, bias: true))
    let heads = [(halved, 30), (spread, 3), (dense, 9), (small, 5)]
    return builder.finish([sum] + (try heads.map { try builder.convolution($0.0, to: $0.1) }))
  }

  @Test(arguments: sets) func halvesAreNearFloats(isa: String) throws {
    let graph = try Self.network()
    let picture = picture(graph.shape(of: graph.input))
    let kernels = try KernelSet.chosen(named: isa)
    let floats = try outputs(of: graph, picture: picture, kernels: kernels)
    let halves = try outputs(of: graph, picture: picture, kernels: kernels, precision: .bfloat16)
    let furthest = difference(halves, floats.map { $0.map(Double.init) })
    // Eight significant bits: each rounding moves a number by 1/512 at most, most of which the sums even out.
    let greatest = floats.joined().reduce(0) { max($0, abs($1)) }
    #expect(furthest > 0 && furthest < Double(greatest) / 100, "\(furthest) of \(greatest)")
  }

  @Test(arguments: sets.filter { $0 != "reference" }) func halvesAreThePlainLoops(isa: String) throws {
    let graph = try Self.network()
    let picture = picture(graph.shape(of: graph.input))
    let expected = try outputs(of: graph, picture: picture, kernels: .reference, precision: .bfloat16)
    let kernels = try KernelSet.chosen(named: isa)
    for (threads, leastValues) in [(1, Int.max), (1, 0), (2, Int.max), (3, 0)] {
      let found = try outputs(
        of: graph, picture: picture, kernels: kernels, precision: .bfloat16, threads: threads,
        strips: StripSizes(from: leastValues))
      // A sum that differs in its last bit may be rounded to the next half: 1/256 of one of many terms.
      #expect(difference(found, expected.map { $0.map(Double.init) }) < 0.02, "\(threads) threads")
    }
  }

  @Test(arguments: sets.filter { $0.hasPrefix("avx") }) func setsThatFuseGiveTheSameBits(isa: String) throws {
    let graph = try Self.network()
    let picture = picture(graph.shape(of: graph.input))
    let expected = try outputs(
      of: graph, picture: picture, kernels: try KernelSet.chosen(named: "avx2"), precision: .bfloat16)
    let kernels = try KernelSet.chosen(named: isa)
    for (threads, leastValues) in [(1, Int.max), (1, 0), (2, Int.max), (3, 0)] {
      let found = try outputs(
        of: graph, picture: picture, kernels: kernels, precision: .bfloat16, threads: threads,
        strips: StripSizes(from: leastValues))
      #expect(found.map { $0.map(\.bitPattern) } == expected.map { $0.map(\.bitPattern) }, "\(threads) threads")
    }
  }

  /// Only what stands between 1×1 convolutions.
  @Test func mapsAroundDepthwiseConvolutionsHoldHalves() throws {
    var builder = NetworkBuilder(input: Shape(height: 24, width: 24, channels: 3))
    let stem = try builder.convolution(builder.graph.input, to: 8, kernel: 3, stride: 2)
    let first = try builder.depthwise(stem)
    let narrow = try builder.convolution(first, to: 8)
    let wide = try builder.convolution(narrow, to: 48)
    let (middle, head) = (try builder.depthwise(wide, stride: 2), try builder.depthwise(wide))
    let result = try builder.convolution(middle, to: 8)
    let spread = try builder.convolution(result, to: 32)
    let (five, gathered) = (try builder.depthwise(spread, kernel: 5), try builder.convolution(spread, to: 8, kernel: 3))
    let shared = try builder.convolution(result, to: 16)
    let (averaged, last) = (try builder.depthwise(shared), try builder.convolution(shared, to: 4))
    let mean = try builder.append(.mean, [averaged])
    let other = try builder.convolution(averaged, to: 4)
    let outputs = [try builder.convolution(head, to: 6), five, gathered, last, mean, other]
    let maps = HalfMaps(builder.finish(outputs))
    #expect([wide, middle, head].allSatisfy(maps.contains))
    #expect(![stem, first, narrow, result, spread, five, shared, averaged, outputs[0]].contains(where: maps.contains))
  }

  /// A window of 117 panels in slices of 19 and of 20: a strip of the narrower slices has more floats.
  @Test(arguments: ["baseline", "avx2", "avx512"].filter(sets.contains))
  func slicesOfUnequalDepthKeepToTheirScratch(isa: String) throws {
    var builder = NetworkBuilder(input: Shape(height: 43, width: 10, channels: 3))
    let wide = try builder.convolution(builder.graph.input, to: 208, kernel: 3, bias: true)
    let graph = builder.finish([try builder.convolution(wide, to: 64, kernel: 3, bias: true)])
    let picture = picture(graph.shape(of: graph.input))
    let kernels = try KernelSet.chosen(named: isa)
    let floats = try outputs(of: graph, picture: picture, kernels: kernels)
    for threads in [1, 2] {
      let halves = try outputs(
        of: graph, picture: picture, kernels: kernels, precision: .bfloat16, threads: threads)
      let greatest = floats.joined().reduce(0) { max($0, abs($1)) }
      #expect(difference(halves, floats.map { $0.map(Double.init) }) < Double(greatest) / 50)
    }
  }
}
