package import Model
internal import Posix

/// A tensor whose values lie in a mapped file: in whatever order, of whatever type.
///
/// Invariant: every value lies within its storage, and the storage within the file.
package struct StoredTensor: Sendable {
  /// The type of its values in the file.
  package let type: ScalarType
  /// Its shape, outermost extent first.
  package let extents: [Int]
  /// How many values of the storage one step along each axis passes over; 0 where the axis has one place at most.
  private let strides: [Int]
  /// The place of its first value in the storage, in values.
  private let offset: Int
  private let file: MappedFile
  private let storage: Range<Int>
  private let isBigEndian: Bool

  /// More axes than any network's tensors have.
  private static let mostAxes = 16

  /// A tensor over the bytes `storage` of `file`.
  ///
  /// - Parameters:
  ///   - strides: in values; nil where they lie row by row.
  ///   - offset: of the first value, in values.
  /// - Precondition: `storage` lies in `file`.
  /// - Throws: `ByteError` at `place` iff it has too many axes, or a value would lie outside of `storage`.
  init(
    _ type: ScalarType, _ extents: [Int], strides: [Int]? = nil, offset: Int = 0, in file: MappedFile,
    _ storage: Range<Int>, isBigEndian: Bool = false, at place: Int
  ) throws(ByteError) {
    let strides = strides ?? Self.rowStrides(extents)
    let shape = Shape(extents)
    guard extents.count <= Self.mostAxes else {
      throw ByteError(offset: place, reason: "a tensor of \(extents.count) axes is not supported")
    }
    guard strides.count == extents.count else {
      throw ByteError(offset: place, reason: "a tensor of \(extents.count) axes has \(strides.count) strides")
    }
    guard let count = shape.count, offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
      throw ByteError(offset: place, reason: "the shape, strides or offset of a tensor are out of range")
    }
    var last = offset
    for (extent, stride) in zip(extents, strides) where extent > 1 {
      let (way, overflows) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, exceeds) = last.addingReportingOverflow(way)
      guard !overflows, !exceeds else { throw Self.leaves(shape, place) }
      last = sum
    }
    guard count == 0 || last < storage.count / type.size else { throw Self.leaves(shape, place) }
    (self.type, self.extents, self.offset, self.file) = (type, extents, offset, file)
    (self.storage, self.isBigEndian) = (storage, isBigEndian)
    self.strides = zip(extents, strides).map { $0 > 1 ? $1 : 0 }
  }

  private static func leaves(_ shape: Shape, _ place: Int) -> ByteError {
    ByteError(offset: place, reason: "a tensor \(shape) leaves its storage")
  }

  /// Returns the strides of values that lie row by row; any where they cannot be counted.
  private static func rowStrides(_ extents: [Int]) -> [Int] {
    var strides = extents
    var step = 1
    for axis in extents.indices.reversed() {
      strides[axis] = step
      step = step.multipliedReportingOverflow(by: extents[axis]).partialValue
    }
    return strides.map { max($0, 0) }
  }

  /// Its shape.
  package var shape: Shape { Shape(extents) }

  /// Returns the values as float32, each rounded once, with the axes in the order `axes`; nil is the tensor's own.
  ///
  /// Values that lie so in the file are not copied.
  ///
  /// - Precondition: `axes` names axes of the tensor, each once, and leaves out none that has more than one place.
  package func floats(axes: [Int]? = nil) -> Constant {
    let axes = axes ?? Array(extents.indices)
    let shape = Shape(axes.map { extents[$0] })
    if let floats = inPlace(axes) { return Constant(floats, shape: shape) }
    return Constant(shape: shape) { result in
      switch type {
      case .float32: walk(axes, &result) { Float(bitPattern: number($0)) }
      case .float64: walk(axes, &result) { Float(Double(bitPattern: number($0))) }
      case .float16: walk(axes, &result) { Float(binary16: number($0)) }
      case .bfloat16: walk(axes, &result) { Float(bfloat16: number($0)) }
      case .int64: walk(axes, &result) { Float(number($0) as Int64) }
      case .int32: walk(axes, &result) { Float(number($0) as Int32) }
      case .int16: walk(axes, &result) { Float(number($0) as Int16) }
      case .int8: walk(axes, &result) { Float(number($0) as Int8) }
      case .uint8: walk(axes, &result) { Float(number($0) as UInt8) }
      case .bool: walk(axes, &result) { (number($0) as UInt8) == 0 ? 0 : 1 }
      }
    }
  }

  /// Returns the values where they lie in the file as they are wanted.
  private func inPlace(_ axes: [Int]) -> FileFloats? {
    guard type == .float32, !isBigEndian, let count = shape.count, count > 0 else { return nil }
    let wanted = Self.rowStrides(axes.map { extents[$0] })
    guard zip(axes, wanted).allSatisfy({ extents[$0] == 1 || strides[$0] == $1 }) else { return nil }
    let start = storage.lowerBound + 4 * offset
    return FileFloats(file, start..<start + 4 * count)
  }

  /// Writes `value` of the place of each value in the storage, the last of `axes` changing fastest.
  @inline(__always)
  private func walk(_ axes: [Int], _ result: inout MutableSpan<Float>, _ value: (Int) -> Float) {
    let inner = axes.last.map { (count: extents[$0], step: strides[$0]) } ?? (count: 1, step: 0)
    var steps = [Int](repeating: 0, count: axes.count)
    var (row, written) = (offset, 0)
    while written < result.count {
      var place = row
      for _ in 0..<inner.count {
        result[written] = value(place)
        written += 1
        place += inner.step
      }
      for level in axes.indices.dropLast().reversed() {
        let axis = axes[level]
        steps[level] += 1
        row += strides[axis]
        guard steps[level] == extents[axis] else { break }
        row -= steps[level] * strides[axis]
        steps[level] = 0
      }
    }
  }

  /// Returns value number `index` of the storage.
  @inline(__always)
  private func number<Number: FixedWidthInteger & BitwiseCopyable>(_ index: Int) -> Number {
    let place = storage.lowerBound + index * MemoryLayout<Number>.size
    let bits = unsafe file.bytes.loadUnaligned(fromByteOffset: place, as: Number.self)
    return isBigEndian ? Number(bigEndian: bits) : Number(littleEndian: bits)
  }
}
