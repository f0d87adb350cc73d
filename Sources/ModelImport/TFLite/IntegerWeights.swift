internal import Model
internal import Posix

/// Constants of 8 bits as the file has them, but signed.
struct IntegerWeights {
  var values: [Int8]
  var shape: Shape
  /// What is subtracted from each: of unsigned files, less 128.
  let zero: Int
  let isSigned: Bool
  /// One, or one for each index of an axis.
  let scales: [Float]
}

extension TFLiteTranslation {
  /// Returns the constant of 8 bits that an operand must be.
  ///
  /// - Parameter axis: along which it may have several scales; those of files with a sign have no zeros.
  /// - Throws: `ImportError` iff it is none, or its scales stand along another axis.
  mutating func integerWeights(_ place: Int, operand index: Int = 1, axis: Int) throws(ImportError) -> IntegerWeights {
    guard let tensor = operand(place, index), liveOperand(place, index) == nil,
      source.isConstant(tensor) || integerConstants[tensor] != nil
    else {
      throw source.fault(place, "its operand \(index) is no constant")
    }
    let definition = source.tensors[tensor]
    guard definition.isQuantized else {
      throw source.fault(place, "its operand \(index) is of type \(definition.type), not of whole numbers with a scale")
    }
    let (scales, zeros) = try source.quantization(of: tensor)
    guard scales.count == 1 || definition.quantization?.axis == axis else {
      throw source.fault(
        place, "its operand \(index) has scales along axis \(definition.quantization?.axis ?? 0) instead of \(axis)")
    }
    let isSigned = definition.type.scalar == .int8
    guard zeros.allSatisfy({ (isSigned ? -128...127 : 0...255).contains($0) }),
      scales.count == 1 || isSigned && zeros.allSatisfy({ $0 == 0 })
    else { throw source.fault(place, "the zeros of its operand \(index) are not supported") }
    return IntegerWeights(
      values: try bytes(tensor, isSigned: isSigned), shape: Shape(definition.extents),
      zero: isSigned ? zeros[0] : zeros[0] - 128, isSigned: isSigned, scales: scales)
  }

  /// Returns the biases that operand 2 gives, whole numbers of 32 bits; nil where it is left out.
  mutating func integerBias(_ place: Int, _ count: Int) throws(ImportError) -> [Int32]? {
    guard let tensor = operand(place, 2) else { return nil }
    let definition = source.tensors[tensor]
    guard definition.type.scalar == .int32, source.isConstant(tensor), definition.extents == [count] else {
      throw source.fault(
        place,
        "its biases, \(Shape(definition.extents)) of type \(definition.type), do not fit \(count) output channels")
    }
    let bytes = unsafe source.bytes(of: tensor)
    guard count <= bytes.count / 4, bytes.count == 4 * count else {
      throw source.fault(tensor: tensor, "\(bytes.count) bytes do not fill \(Shape(definition.extents))")
    }
    try spend(place, count)
    return (0..<count).map {
      unsafe Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))
    }
  }

  /// Returns the numbers of a constant, unsigned ones less 128.
  private mutating func bytes(_ tensor: Int, isSigned: Bool) throws(ImportError) -> [Int8] {
    if let known = integerConstants[tensor] { return known }
    let bytes = unsafe source.bytes(of: tensor)
    guard let count = Shape(source.tensors[tensor].extents).count, count == bytes.count else {
      throw source.fault(tensor: tensor, "\(bytes.count) bytes do not fill \(Shape(source.tensors[tensor].extents))")
    }
    try spend(tensor: tensor, count)
    let flip: UInt8 = isSigned ? 0 : 0x80
    let values = unsafe bytes.map { Int8(bitPattern: $0 ^ flip) }
    integerConstants[tensor] = values
    return values
  }

  /// Returns the head `tensor` in real numbers; nil where it does not depend on the picture.
  mutating func realHead(tensor: Int) throws(ImportError) -> Live? {
    guard var found = live(tensor: tensor) else { return nil }
    if network.isInteger(found.value) {
      let grid = try grid(tensor: tensor).grid
      found.value = try append(named: source.name(of: tensor), "real", .integer(.toReal(grid)), [found.value])
    }
    return found
  }
}
