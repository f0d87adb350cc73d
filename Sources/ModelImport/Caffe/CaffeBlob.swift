internal import Model
internal import Posix

/// Weights of a layer as they lie in the file.
struct CaffeBlob {
  /// Outermost first; a legacy blob has four.
  let extents: [Int]
  private let numbers: Numbers

  /// How and where the numbers lie.
  private enum Numbers {
    case floats([Range<Int>])
    case halves(Range<Int>)
    case doubles([Range<Int>])
    /// One tag for each number.
    case loose([Float])
  }

  /// Reads the message that `reader` reads.
  ///
  /// - Throws: `ByteError` where it is damaged, says its numbers twice, or holds as many as its extents do not.
  init(_ reader: WireReader) throws(ByteError) {
    var reader = reader
    let start = reader.offset
    var (legacy, extents) = ([Int?](repeating: nil, count: 4), [Int]?.none)
    var (floats, doubles, loose, raw) = ([Range<Int>](), [Range<Int>](), [Float](), Range<Int>?.none)
    var type = 1
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1...4, .varint(let value)): legacy[field.number - 1] = Int(truncatingIfNeeded: value)
      case (5, .bytes(let range)): floats.append(range)
      case (5, .fixed32(let bits)): loose.append(Float(bitPattern: bits))
      case (7, .bytes(let range)):
        var (shape, numbers) = (try reader.message(in: range), [Int]())
        while let field = try shape.next() {
          if field.number == 1 { try shape.appendVarints(of: field, to: &numbers) }
        }
        extents = numbers
      case (8, .bytes(let range)): doubles.append(range)
      case (8, .fixed64(let bits)): loose.append(Float(Double(bitPattern: bits)))
      case (10, .varint(let value)): type = Int(truncatingIfNeeded: value)
      case (12, .bytes(let range)): raw = range
      default: break
      }
    }
    func fault(_ reason: String) -> ByteError { ByteError(offset: start, reason: reason) }
    let isLegacy = legacy.contains { $0 != nil }
    self.extents = isLegacy ? legacy.map { $0 ?? 1 } : extents ?? []
    let forms = [!floats.isEmpty, !doubles.isEmpty, !loose.isEmpty, raw != nil].count { $0 }
    guard forms <= 1 else { throw fault("a blob has its numbers in several forms") }
    let bytes: Int
    switch (raw, type) {
    case (let range?, 0): (numbers, bytes) = (.doubles([range]), range.count)
    case (let range?, 1): (numbers, bytes) = (.floats([range]), range.count)
    case (let range?, 2): (numbers, bytes) = (.halves(range), range.count)
    case (.some, _): throw fault("a blob of type \(type) is not supported")
    case (nil, _):
      if !loose.isEmpty {
        (numbers, bytes) = (.loose(loose), 4 * loose.count)
      } else {
        let ranges = floats.isEmpty ? doubles : floats
        (numbers, bytes) = (floats.isEmpty ? .doubles(doubles) : .floats(floats), ranges.map(\.count).reduce(0, +))
      }
    }
    let (size, parts): (Int, [Range<Int>]) =
      switch numbers {
      case .loose: (4, [])
      case .floats(let ranges): (4, ranges)
      case .halves(let range): (2, [range])
      case .doubles(let ranges): (8, ranges)
      }
    guard let count = Shape(self.extents).count, bytes % size == 0, bytes / size == count,
      parts.allSatisfy({ $0.count % size == 0 })
    else {
      throw fault("a blob of \(Shape(self.extents)) has \(bytes) bytes of numbers")
    }
  }

  /// How many numbers there are.
  var count: Int { Shape(extents).count ?? 0 }

  /// The extents without ones in front, which say nothing.
  var plainExtents: [Int] { Array(extents.drop { $0 == 1 }) }

  /// Returns the numbers out of `file`, rounded to float32.
  ///
  /// - Precondition: `file` is the one that the blob was read from.
  func floats(in file: MappedFile) -> [Float] {
    let bytes = unsafe file.bytes
    return switch numbers {
    case .loose(let numbers): numbers
    case .floats(let ranges):
      unsafe [Float](unsafeUninitializedCapacity: count) { target, filled in
        for range in ranges {
          unsafe UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: target[filled...])).copyBytes(
            from: bytes[range])
          filled += range.count / 4
        }
      }
    case .halves(let range):
      stride(from: range.lowerBound, to: range.upperBound, by: 2).map {
        unsafe Float(half: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self)))
      }
    case .doubles(let ranges):
      ranges.flatMap { range in
        stride(from: range.lowerBound, to: range.upperBound, by: 8).map {
          unsafe Float(
            Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))))
        }
      }
    }
  }
}
