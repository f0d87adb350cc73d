import Inference
import Kernels
import Model
import TestNetworks
import Testing

/// Networks whose products are of halves.
@Suite struct PrecisionTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)

  /// A network with every kind of layer that rounds: 1×1, dense, of odd depths, over few pixels, and a bottleneck.
  private static func network() throws -> Graph {
    var builder = NetworkBuilder(input: Shape(height: 23, width: 18, channels: 3))
    let stem = try builder.relu6(builder.convolution(builder.graph.input, to: 21, kernel: 3, stride: 2, bias: true))
    let wide = try builder.relu6(builder.convolution(stem, to: 70, bias: true))
    let middle = try builder.relu6(builder.depthwise(wide))
    let narrow = try builder.convolution(middle, to: 21, bias: true)
    let sum = try builder.append(.add(.none), [narrow, stem])
    let dense = try builder.hardSwish(builder.convolution(sum, to: 33, kernel: 3, stride: 2, bias: true))
    let small = try builder.relu6(builder.convolution(dense, to: 40, kernel: 3, stride: 2, bias: true))
    return builder.finish([sum, try builder.convolution(dense, to: 9), try builder.convolution(small, to: 5)])
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
