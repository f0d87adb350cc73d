package import Model
internal import Posix

/// What a constant tensor is, or what follows from constants and shapes alone.
struct TFLiteValue {
  /// Its numbers, outermost extent first.
  enum Numbers {
    case floats([Float])
    case integers([Int])

    /// How many they are.
    var count: Int {
      switch self {
      case .floats(let values): values.count
      case .integers(let values): values.count
      }
    }
  }

  var extents: [Int]
  var numbers: Numbers

  /// Nil where the values are not as many as the extents say.
  init?(_ extents: [Int], _ numbers: Numbers) {
    guard Shape(extents).count == numbers.count else { return nil }
    (self.extents, self.numbers) = (extents, numbers)
  }

  /// Its values where they are real numbers.
  var floats: [Float]? {
    if case .floats(let values) = numbers { values } else { nil }
  }

  /// Its values where they are whole numbers.
  var integers: [Int]? {
    if case .integers(let values) = numbers { values } else { nil }
  }

  /// Returns the values at `places`, under the shape `extents`; nil where they are not as many.
  private func gathered(_ extents: [Int], _ places: [Int]) -> TFLiteValue? {
    switch numbers {
    case .floats(let values): TFLiteValue(extents, .floats(places.map { values[$0] }))
    case .integers(let values): TFLiteValue(extents, .integers(places.map { values[$0] }))
    }
  }

  /// Returns the same values under another shape; nil where that has another number of them.
  func reshaped(_ extents: [Int]) -> TFLiteValue? { TFLiteValue(extents, numbers) }

  /// The most values of what is computed: far more than any detector's anchors.
  static let most = 1 << 24

  /// Returns the extents of a tensor that is laid so many times along each axis; nil where `multiples` do not fit or the
  /// result is too large.
  static func tiled(_ extents: [Int], _ multiples: [Int]) -> [Int]? {
    guard multiples.count == extents.count, multiples.allSatisfy({ (0...most).contains($0) }) else { return nil }
    let wanted = zip(extents, multiples).map { $0.multipliedReportingOverflow(by: $1) }
    guard wanted.allSatisfy({ !$0.overflow }) else { return nil }
    let result = wanted.map { $0.partialValue }
    guard let count = Shape(result).count, count <= most else { return nil }
    return result
  }

  /// Returns what `taken` says of the values, under the shape `extents`; nil where it is not in them.
  func rearranged(_ taken: Rearrangement, _ extents: [Int]) -> TFLiteValue? {
    taken.lies(in: numbers.count) ? gathered(extents, taken.places) : nil
  }

  /// Returns `parts` one behind the other along `axis`; nil where they do not fit each other.
  static func joined(_ parts: [TFLiteValue], along axis: Int) -> TFLiteValue? {
    guard let first = parts.first, first.extents.indices.contains(axis),
      !parts.contains(where: { $0.extents.contains(0) })
    else { return nil }
    let outer = first.extents[..<axis].reduce(1) { $0 &* $1 }
    var (floats, integers, length) = ([Float](), [Int](), 0)
    for part in parts {
      var others = part.extents
      guard others.count == first.extents.count else { return nil }
      others[axis] = first.extents[axis]
      guard others == first.extents else { return nil }
      length += part.extents[axis]
    }
    for row in 0..<outer {
      for part in parts {
        let size = part.extents[axis...].reduce(1) { $0 &* $1 }
        switch (part.numbers, first.numbers) {
        case (.floats(let values), .floats): floats += values[row * size..<(row + 1) * size]
        case (.integers(let values), .integers): integers += values[row * size..<(row + 1) * size]
        default: return nil
        }
      }
    }
    var extents = first.extents
    extents[axis] = length
    return TFLiteValue(extents, floats.isEmpty ? .integers(integers) : .floats(floats))
  }
}

extension TFLiteModel {
  /// Returns what the constant `tensor` is; of quantised values the real numbers that they mean, in float32.
  ///
  /// - Throws: `ImportError` iff its bytes do not fill its shape, or its type is not supported.
  func value(ofConstant tensor: Int) throws(ImportError) -> TFLiteValue {
    let definition = tensors[tensor]
    let bytes = unsafe bytes(of: tensor)
    guard let size = definition.type.size else { throw fault(tensor: tensor, "its type is not supported") }
    guard let count = Shape(definition.extents).count, count <= bytes.count / size,
      count * size == bytes.count
    else {
      throw fault(tensor: tensor, "\(bytes.count) bytes do not fill \(Shape(definition.extents))")
    }
    func integers<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> [Int] {
      (0..<count).map {
        unsafe Int(Value(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: Value.self)))
      }
    }
    let numbers: TFLiteValue.Numbers
    switch definition.type {
    case .float32:
      numbers = .floats(
        (0..<count).map {
          unsafe Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
        })
    case .float16:
      numbers = .floats(
        (0..<count).map {
          unsafe Float(half: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)))
        })
    // Quantised biases are whole numbers of 32 bits.
    case .int32 where definition.quantization != nil: numbers = .floats(try meant(integers(Int32.self), tensor))
    case .int32: numbers = .integers(integers(Int32.self))
    case .int64: numbers = .integers(integers(Int64.self))
    case .uint8 where definition.isQuantized: numbers = .floats(try meant(integers(UInt8.self), tensor))
    case .int8 where definition.isQuantized: numbers = .floats(try meant(integers(Int8.self), tensor))
    default: throw fault(tensor: tensor, "its type \(definition.type) is not supported here")
    }
    guard let value = TFLiteValue(definition.extents, numbers) else {
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
