import Model
import ModelImport
import Testing

/// What is wrong with a quantised model, in one line that names the operator or the tensor.
@Suite struct IntegerRefusalTests {
  /// A quantised detector, the tensor called `name` replaced by one with `scales`, `zeros` and `axis`.
  private func refusal(
    of name: String, scales: [Float] = [0.0078125], zeros: [Int] = [128], axis: Int = 0, type: Int? = nil
  ) throws -> String? {
    var lite = TinyLite.model(isQuantized: true)
    let names = lite.tensors.map { table -> String in if case .text(let name) = table[3] { name } else { "" } }
    let index = try #require(names.firstIndex(of: name))
    lite.tensors[index][4] = .table(WrittenTable([2: .floats(scales), 3: .longs(zeros), 6: .word(axis)]))
    if let type { lite.tensors[index][1] = .byte(type) }
    return try lite.refusal()
  }

  @Test func aScaleOfZeroIsRefused() throws {
    #expect(try refusal(of: "w", scales: [0])?.hasSuffix(" w: its scales or zeros are out of range") == true)
    #expect(try refusal(of: "First/Conv2D", scales: [0])?.hasSuffix("its scales or zeros are out of range") == true)
    for scale in [-1, Float.infinity, .nan] { #expect(try refusal(of: "w", scales: [scale]) != nil) }
  }

  /// As the reference refuses it.
  @Test func aMissingZeroIsRefused() throws {
    #expect(try refusal(of: "w", zeros: [])?.hasSuffix(" w: a scale without as many zeros: 0") == true)
    #expect(try refusal(of: "First/Conv2D", zeros: [])?.hasSuffix("a scale without as many zeros: 0") == true)
    let scales = [Float](repeating: 0.5, count: 4)
    #expect(
      try refusal(of: "w", scales: scales, zeros: [0])?.hasSuffix(" w: 4 scales without as many zeros: 1") == true)
  }

  @Test func aZeroThatIsNoneOfTheTypesValuesIsRefused() throws {
    #expect(
      try refusal(of: "First/Conv2D", zeros: [256])?.hasSuffix("its scales or zeros are out of range") == true)
    #expect(try refusal(of: "First/Conv2D", zeros: [-1])?.hasSuffix("its zero -1 is none of its values") == true)
  }

  @Test func scalesAlongAnotherAxisAreRefused() throws {
    let scales = [Float](repeating: 0.5, count: 3)
    #expect(
      try refusal(of: "w", scales: scales, zeros: [0, 0, 0], axis: 3)
        == "operator 0 CONV_2D: its operand 1 has scales along axis 3 instead of 0")
    #expect(
      try refusal(of: "w", scales: [0.5, 0.5], zeros: [0, 0])?.hasSuffix(" w: 2 scales do not fit 4×3×3×3") == true)
  }

  /// Only numbers with a sign have one for each channel.
  @Test func unsignedWeightsWithSeveralScalesAreRefused() throws {
    #expect(
      try refusal(of: "w", scales: [1, 1, 1, 1], zeros: [1, 1, 1, 1])
        == "operator 0 CONV_2D: the zeros of its operand 1 are not supported")
  }

  @Test func numbersWithAndWithoutASignAreNotMixed() throws {
    #expect(
      try refusal(of: "w", zeros: [0], type: 9)
        == "operator 0 CONV_2D: its weights and what it reads are not both with or without a sign")
    #expect(try refusal(of: "First/Conv2D", zeros: [0], type: 9)?.hasPrefix("operator 0 CONV_2D: it reads") == true)
  }

  @Test func scalesThatMakeNoFactorAreRefused() throws {
    #expect(
      try refusal(of: "First/Conv2D", scales: [1e-30])?.contains("its scales make a factor of") == true)
  }

  /// What moves signed numbers cannot scale them.
  @Test func signedPartsOfAnotherScaleAreNotJoined() throws {
    var lite = TinyLite.model(isQuantized: true)
    // All with a sign: the zeros less 128.
    for (index, table) in lite.tensors.enumerated() {
      if case .byte(3) = table[1] {
        lite.tensors[index][1] = .byte(9)
        lite.tensors[index][4] = .table(WrittenTable([2: .floats([0.0078125]), 3: .longs([0])]))
      }
    }
    #expect(try lite.refusal() == nil)
    let names = lite.tensors.map { table -> String in if case .text(let name) = table[3] { name } else { "" } }
    let part = try #require(names.firstIndex(of: "B1/Reshape"))
    lite.tensors[part][4] = .table(WrittenTable([2: .floats([0.5]), 3: .longs([0])]))
    #expect(
      try lite.refusal()?.hasSuffix(
        "CONCATENATION: its operand 1 and its result have different scales or zeros, which are to be equal") == true)
  }

  @Test func biasesOfAnotherTypeOrNumberAreRefused() throws {
    var lite = TinyLite.model(isQuantized: true)
    let bias = lite.integers("bias", [1, 2, 3])
    guard case .words(let operands) = lite.operators[0][1] else { throw TFLiteFileTests.Missing() }
    lite.operators[0][1] = .words([operands[0], operands[1], bias])
    #expect(
      try lite.refusal() == "operator 0 CONV_2D: its biases, 3 of type int32, do not fit 4 output channels")
  }
}
