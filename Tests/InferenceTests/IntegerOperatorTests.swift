import Inference
import Kernels
import Model
import TestData
import Testing

/// Operators on whole numbers that move them or compare them, on every kernel set, against their formulas.
@Suite struct IntegerOperatorTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)
  /// Numbers of a map of 5×4 pixels and 6 channels.
  private static let shape = Shape(height: 5, width: 4, channels: 6)
  private static let numbers = (0..<120).map { Int8(truncatingIfNeeded: 37 * $0 + 11) }

  /// Returns what `operation` makes of the numbers above and, of those with two operands, of `second`.
  private func result(_ operation: IntegerOperator, with second: [Int8]? = nil, _ isa: String) throws -> [Int8] {
    var graph = Graph(input: Self.shape)
    let raw = IntegerGrid(scale: 1, zero: 0)
    var inputs = [try graph.append(name: "numbers", operation: .integer(.fromReal(raw)), inputs: [graph.input])]
    if let second {
      let shape = second.count == 120 ? Self.shape : Shape([1, 1, 1, second.count])
      inputs.append(try graph.append(name: "second", operation: .integer(.constant(second, shape)), inputs: []))
    }
    let value = try graph.append(name: "result", operation: .integer(operation), inputs: inputs)
    graph.markOutputs([try graph.append(name: "real", operation: .integer(.toReal(raw)), inputs: [value])])
    graph.arithmetic = .integer8
    let engine = try Engine(graph, kernels: try KernelSet.chosen(named: isa))
    let picture = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    for row in 0..<5 {
      for index in 0..<24 { picture.address(row: row)[index] = Float(Self.numbers[24 * row + index]) }
    }
    var session = Session(engine, threads: 2)
    session.run(picture)
    return session.withOutput(0) { values in values.indices.map { Int8(values[$0]) } }
  }

  /// Layers large enough to be shared, of which threads compute ranges of pixels and of outputs, one by one or three at a
  /// time.
  @Test(arguments: sets, [1, 2, 3, 5]) func sharedAndFusedLayersGiveWhatOneThreadGives(isa: String, threads: Int) throws
  {
    var numbers = SeededGenerator(seed: 5)
    func number(_ most: Double) -> Double { Double.random(in: -most...most, using: &numbers) }
    func convolution(
      _ shape: [Int], outputs: Int, scale: Double, stride: Int = 1, padding: Padding = .same, isDepthwise: Bool = false
    ) -> Operator {
      let layer = IntegerConvolution(
        weights: (0..<shape.reduce(1, *)).map { _ in Int8(number(100)) }, shape: Shape(shape), weightZero: 0,
        bias: (0..<outputs).map { _ in Int32(number(500)) },
        factors: (0..<outputs).map { FixedPoint(scale * Double($0 % 3 + 1))! },
        window: Window(stride: Extent(height: stride, width: stride), padding: padding), inputZero: 3,
        result: IntegerResult(zero: -5))
      return .integer(isDepthwise ? .depthwise(layer) : .convolution(layer))
    }
    var graph = Graph(input: Shape(height: 23, width: 25, channels: 3))
    let raw = IntegerGrid(scale: 1, zero: 0)
    var value = try graph.append(name: "bytes", operation: .integer(.fromReal(raw)), inputs: [graph.input])
    for (name, operation) in [
      ("gathered", convolution([40, 3, 3, 3], outputs: 40, scale: 0.002)),
      ("depthwise", convolution([3, 3, 40], outputs: 40, scale: 0.003, isDepthwise: true)),
      ("product", convolution([21, 1, 1, 40], outputs: 21, scale: 0.002)),
      ("spread", convolution([72, 1, 1, 21], outputs: 72, scale: 0.002)),
      (
        // The last rows have no row of the map in their windows.
        "apart",
        convolution(
          [3, 3, 72], outputs: 72, scale: 0.003, stride: 2, padding: .explicit(top: 1, left: 4, bottom: 9, right: 2),
          isDepthwise: true)
      ),
      ("project", convolution([24, 1, 1, 72], outputs: 24, scale: 0.002)),
    ] { value = try graph.append(name: name, operation: operation, inputs: [value]) }
    graph.markOutputs([try graph.append(name: "real", operation: .integer(.toReal(raw)), inputs: [value])])
    graph.arithmetic = .integer8
    let picture = (0..<23 * 75).map { (index: Int) -> Float in Float(index * 37 % 255 - 127) }
    let alone = try outputs(of: graph, picture: picture, kernels: .reference, strips: StripSizes(from: .max))
    #expect(Set(alone[0]).count > 100)
    let kernels = try KernelSet.chosen(named: isa)
    for leastValues in [0, .max] {
      let found = try outputs(
        of: graph, picture: picture, kernels: kernels, threads: threads, strips: StripSizes(from: leastValues))
      #expect(found == alone, "fused from \(leastValues) values")
    }
    let kinds = try Engine(graph, kernels: kernels, strips: StripSizes(from: 0)).steps.map(\.kind)
    #expect(kinds == [.quantize, .bottleneck, .bottleneck, .dequantize])
  }

  @Test(arguments: sets) func valuesAreMoved(isa: String) throws {
    let whole = Rearrangement(of: Self.shape.extents)
    for taken in [
      whole.transposed([0, 3, 1, 2])!, whole.part(1, from: 4, count: 3, step: -2).part(3, from: 1, count: 4),
      whole.part(3, from: 5, count: 6, step: -1), whole.repeated([1, 2, 1, 3]),
    ] {
      let count = try #require(taken.count)
      let expected = taken.places.map { Self.numbers[$0] }
      #expect(try result(.rearrange(taken, Shape([1, count])), isa) == expected)
    }
  }

  @Test(arguments: sets) func oneNumberStandsAroundATensor(isa: String) throws {
    let padding = IntegerPadding(before: [0, 2, 0, 1], behind: [0, 1, 3, 0], number: -77)
    let expected = (0..<8).flatMap { row in
      (0..<7).flatMap { column in
        (0..<7).map { channel -> Int8 in
          let (y, c) = (row - 2, channel - 1)
          return (0..<5).contains(y) && column < 4 && c >= 0 ? Self.numbers[(4 * y + column) * 6 + c] : -77
        }
      }
    }
    #expect(try result(.pad(padding), isa) == expected)
  }

  @Test(arguments: sets) func theLeastAndTheGreatestAreTaken(isa: String) throws {
    let map = Self.numbers.reversed().map { $0 }
    for (second, other) in [
      (map, map), ([1, -2, 3, -4, 5, -6], Array(0..<120).map { [1, -2, 3, -4, 5, -6][$0 % 6] }),
    ] {
      #expect(try result(.extreme(.least), with: second, isa) == zip(Self.numbers, other).map { min($0, $1) })
      #expect(try result(.extreme(.greatest), with: second, isa) == zip(Self.numbers, other).map { max($0, $1) })
    }
  }

  /// Of one scale, a difference is that of the numbers, held in its range.
  @Test(arguments: sets) func differencesHaveASign(isa: String) throws {
    let map = Self.numbers.map { $0 &* 3 &+ 5 }
    let (half, whole) = (FixedPoint(0.5)!, FixedPoint(2 / Double(1 << 20))!)
    for (subtrahend, sign) in [(IntegerSum.Subtrahend.right, 1), (.left, -1)] {
      let sum = IntegerSum(
        leftZero: 0, rightZero: 0, leftFactor: half, rightFactor: half, factor: whole, subtracting: subtrahend,
        result: IntegerResult(zero: 3, range: -100...127))
      let expected = zip(Self.numbers, map).map { (left, right) -> Int8 in
        let difference = sign * (Int(left) - Int(right)) + 3
        return Int8(max(-100, min(127, difference)))
      }
      #expect(try result(.add(sum), with: map, isa) == expected)
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let whole = Rearrangement(of: Self.shape.extents)
    for operation in [
      IntegerOperator.rearrange(whole.part(1, from: 1, count: 5), Self.shape), .rearrange(whole, Shape([1, 119])),
      .pad(IntegerPadding(before: [0, 1], behind: [0, 1], number: 0)),
      .pad(IntegerPadding(before: [0, -1, 0, 0], behind: [0, 0, 0, 0], number: 0)),
      .pad(IntegerPadding(before: [0, 0, 0, 0], behind: [1 << 21, 0, 0, 0], number: 0)),
    ] { #expect(throws: GraphError.self) { try result(operation, "reference") } }
  }
}
