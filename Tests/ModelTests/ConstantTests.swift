import Model
import Testing

@Suite struct ConstantTests {
  @Test func aScaledConstantHasEachProductRoundedOnce() {
    let weights = Constant([1, 2, 3, 4, 5, 6], shape: Shape([3, 2]))
    let scaled = weights.scaled(by: Constant([0.1, -3], shape: Shape([2])))
    #expect(scaled.shape == weights.shape)
    let products: [Float] = [0.1, -6, 3 * 0.1, -12, 5 * 0.1, -18]
    #expect(scaled.values == products)
    let twice = scaled.scaled(by: Constant([7, 11], shape: Shape([2])))
    #expect(twice.values == [0.1 * 7, -66, products[2] * 7, -132, products[4] * 7, -198])
    #expect(twice.values == twice.values && weights.values == [1, 2, 3, 4, 5, 6])
  }

  /// Each is computed from the one before it, without a stack of them.
  @Test func aConstantIsScaledAHundredThousandTimes() {
    var constant = Constant([1, 3], shape: Shape([2]))
    let factors = Constant([2, -1], shape: Shape([2]))
    let inverse = Constant([0.5, -1], shape: Shape([2]))
    for _ in 0..<50_000 { constant = constant.scaled(by: factors).scaled(by: inverse) }
    #expect(constant.values == [1, 3])
  }

  @Test(arguments: [Float.infinity, -.infinity, .nan, -.nan]) func whatIsNotFiniteIsFoundWhereverItStands(value: Float)
  {
    for place in [0, 6, 16] {
      var values = [Float](repeating: -.greatestFiniteMagnitude, count: 17)
      #expect(Constant(values, shape: Shape([17])).isFinite)
      values[place] = value
      #expect(!Constant(values, shape: Shape([17])).isFinite)
    }
    #expect(Constant([], shape: Shape([0])).isFinite)
  }

  @Test func floatsAtOddAddressesAreScaledAndLookedAtWhereTheyLie() {
    let values: [Float] = [1, -2, 3, 4, 5.5, -6]
    let constant = Constant(OddFloats(values), shape: Shape([3, 2]))
    #expect(constant.isFinite && constant.isBelow(6.5) && !constant.isBelow(6))
    #expect(constant.scaled(by: Constant([2, -1], shape: Shape([2]))).values == [2, 2, 6, -4, 11, 6])
    #expect(!Constant(OddFloats([0, .nan]), shape: Shape([2])).isFinite)
  }
}

/// Floats that begin at an odd address, as in some files.
private final class OddFloats: ConstantStorage, @unchecked Sendable {
  private let bytes: UnsafeMutableRawBufferPointer

  init(_ values: [Float]) {
    bytes = .allocate(byteCount: 1 + 4 * values.count, alignment: 4)
    for (index, value) in values.enumerated() {
      bytes.storeBytes(of: value, toByteOffset: 1 + 4 * index, as: Float.self)
    }
  }

  deinit { bytes.deallocate() }

  func withFloats<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result { preconditionFailure("a copy is made") }

  func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: bytes[1...]))
  }
}
