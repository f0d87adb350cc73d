package import Model
internal import Posix

extension TFLiteModel {
  /// Returns what the constant `tensor` is; of quantised values the real numbers that they mean, in float32.
  ///
  /// - Throws: `ImportError` iff its bytes do not fill its shape, or its type is not supported.
  func value(ofConstant tensor: Int) throws(ImportError) -> KnownValue {
    let definition = tensors[tensor]
    let bytes = unsafe bytes(of: tensor)
    guard let type = definition.type.scalar else { throw fault(tensor: tensor, "its type is not supported") }
    guard let count = Shape(definition.extents).count, count <= bytes.count / type.size,
      count * type.size == bytes.count
    else {
      throw fault(tensor: tensor, "\(bytes.count) bytes do not fill \(Shape(definition.extents))")
    }
    var numbers = unsafe type.numbers(in: bytes)
    switch (type, numbers) {
    case (.float32, _), (.float16, _), (.int64, _): break
    // Quantised biases are whole numbers of 32 bits.
    case (.int32, .integers(let written)) where definition.quantization != nil,
      (.uint8, .integers(let written)) where definition.isQuantized,
      (.int8, .integers(let written)) where definition.isQuantized:
      numbers = .floats(try meant(written, tensor))
    case (.int32, _): break
    default: throw fault(tensor: tensor, "its type \(type) is not supported here")
    }
    guard let value = KnownValue(definition.extents, numbers) else {
      throw fault(tensor: tensor, "its values do not fill \(Shape(definition.extents))")
    }
    return value
  }

  /// Returns the real numbers that the constant `tensor` is.
  ///
  /// - Throws: `ImportError` iff it is none, or its values are whole numbers only.
  package func floats(ofConstant tensor: Int) throws(ImportError) -> [Float] {
    guard isConstant(tensor), let floats = try value(ofConstant: tensor).floats else {
      throw fault(tensor: tensor, "it is no constant of real numbers")
    }
    return floats
  }

  /// Returns scale · (q − zero) in float32 for each of `values`.
  private func meant(_ values: [Int], _ tensor: Int) throws(ImportError) -> [Float] {
    let (scales, zeros) = try quantization(of: tensor)
    if scales.count == 1 { return values.map { Float($0 - zeros[0]) * scales[0] } }
    let (extents, axis) = (tensors[tensor].extents, tensors[tensor].quantization?.axis ?? 0)
    let inner = extents[(axis + 1)...].reduce(1, *)
    return values.enumerated().map { index, value in
      let channel = index / inner % scales.count
      return Float(value - zeros[channel]) * scales[channel]
    }
  }

  /// Returns the scales and zeros of a quantised tensor, as many of one as of the other: one, or one for each index of
  /// its axis.
  ///
  /// - Throws: `ImportError` iff they do not fit the tensor or each other, or a scale is no positive number.
  package func quantization(of tensor: Int) throws(ImportError) -> (scales: [Float], zeros: [Int]) {
    guard let quantization = tensors[tensor].quantization else { throw fault(tensor: tensor, "it is not quantised") }
    let extents = tensors[tensor].extents
    let isPerAxis = quantization.count > 1
    guard !isPerAxis || extents.element(quantization.axis) == quantization.count else {
      throw fault(tensor: tensor, "\(quantization.count) scales do not fit \(Shape(extents))")
    }
    let (scales, written): ([Float], [Int])
    do throws(ByteError) {
      let buffer = unsafe FlatBuffer(file.bytes.bytes)
      scales = try buffer.floats(in: quantization.scales)
      written = try buffer.integers(in: quantization.zeros, as: Int64.self).map { Int($0) }
    } catch {
      throw ImportError(file: file.path, error)
    }
    guard written.count == scales.count else {
      throw fault(
        tensor: tensor,
        "\(scales.count == 1 ? "a scale" : "\(scales.count) scales") without as many zeros: \(written.count)")
    }
    guard written.allSatisfy({ (-128...255).contains($0) }), scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw fault(tensor: tensor, "its scales or zeros are out of range")
    }
    return (scales, written)
  }
}
