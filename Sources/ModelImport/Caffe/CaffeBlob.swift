internal import Model
internal import Posix

/// Weights of a layer as they lie in the file.
struct CaffeBlob {
  /// Outermost first; a legacy blob has four.
  let extents: [Int]
  private let storage: Storage

  /// How and where the numbers lie.
  private enum Storage {
    /// One behind the other, in one place or several; of a real type.
    case packed(ScalarType, [Range<Int>])
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
    switch (raw, type) {
    case (let range?, 0): storage = .packed(.float64, [range])
    case (let range?, 1): storage = .packed(.float32, [range])
    case (let range?, 2): storage = .packed(.float16, [range])
    case (.some, _): throw fault("a blob of type \(type) is not supported")
    case (nil, _) where !loose.isEmpty: storage = .loose(loose)
    case (nil, _): storage = floats.isEmpty ? .packed(.float64, doubles) : .packed(.float32, floats)
    }
    let (size, parts): (Int, [Int]) =
      switch storage {
      case .loose(let numbers): (4, [4 * numbers.count])
      case .packed(let type, let ranges): (type.size, ranges.map(\.count))
      }
    let bytes = parts.reduce(0, +)
    guard let count = Shape(self.extents).count, bytes % size == 0, bytes / size == count,
      parts.allSatisfy({ $0 % size == 0 })
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
    switch storage {
    case .loose(let numbers): return numbers
    case .packed(let type, let ranges):
      let parts = ranges.map { range in
        unsafe type.numbers(in: UnsafeRawBufferPointer(rebasing: file.bytes[range])).floats ?? []
      }
      return parts.count == 1 ? parts[0] : Array(parts.joined())
    }
  }
}
