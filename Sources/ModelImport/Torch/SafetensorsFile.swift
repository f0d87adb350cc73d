internal import JSON
package import Model
internal import Posix

/// The tensors of a safetensors file (github.com/huggingface/safetensors, "Format").
package struct SafetensorsFile: Sendable {
  /// By their names.
  package let tensors: [String: StoredTensor]

  /// The longest header: that of a network with thirty thousand tensors.
  private static let mostHeaderBytes = 1 << 22

  /// Whether the bytes begin with the length of a header, and the header as an object does.
  package static func recognizes(_ file: ModelFile) -> Bool {
    let bytes = unsafe file.bytes.bytes
    // No header has more than 2⁴⁰ bytes, and few files of other formats have three zeros there.
    return unsafe bytes.count > 8 && bytes[8] == UInt8(ascii: "{") && bytes[5..<8].allSatisfy { $0 == 0 }
  }

  /// Reads the header of `file`.
  ///
  /// - Throws: `ByteError` iff it is damaged, or the tensors do not fill the file without gaps and overlaps.
  package init(_ file: ModelFile) throws(ByteError) {
    let bytes = unsafe file.bytes.bytes
    guard bytes.count >= 8 else { throw ByteError(offset: 0, reason: "the file is too short") }
    let length = unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(bytes.count - 8), length <= UInt64(Self.mostHeaderBytes) else {
      throw ByteError(offset: 0, reason: "a header of \(length) bytes is too long")
    }
    let start = 8 + Int(length)
    let header: JSONValue
    do throws(JSONError) {
      header = try unsafe JSONValue(parsing: Array(bytes[8..<start]), depthLimit: 4)
    } catch {
      throw ByteError(offset: 8, reason: "the header is not JSON: \(error)")
    }
    guard let entries = header.object else { throw ByteError(offset: 8, reason: "the header is no object") }
    var (tensors, ranges) = ([String: StoredTensor](), [Range<Int>]())
    // By name, so that of several faults the same one is told each time.
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      if name == "__metadata__" {
        guard let members = entry.object, members.values.allSatisfy({ $0.string != nil }) else {
          throw ByteError(offset: 8, reason: "the header's metadata are not texts")
        }
        continue
      }
      let shown = name.printable(most: 80)
      guard let typeName = entry["dtype"]?.string, let extents = Self.numbers(entry["shape"]),
        let offsets = Self.numbers(entry["data_offsets"]), offsets.count == 2
      else { throw ByteError(offset: 8, reason: "the tensor \(shown) has no type, shape or place") }
      guard let type = ScalarType(safetensors: typeName) else {
        throw ByteError(
          offset: 8,
          reason: "the tensor \(shown) is of the type \(typeName.printable(most: 20)), which is not supported")
      }
      guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= bytes.count - start else {
        throw ByteError(offset: 8, reason: "the tensor \(shown) leaves the file")
      }
      let range = start + offsets[0]..<start + offsets[1]
      let (size, overflows) = (Shape(extents).count ?? .max).multipliedReportingOverflow(by: type.size)
      guard !overflows, size == range.count else {
        throw ByteError(offset: range.lowerBound, reason: "\(range.count) bytes do not fill the tensor \(shown)")
      }
      tensors[name] = try StoredTensor(type, extents, in: file.bytes, range, at: range.lowerBound)
      ranges.append(range)
    }
    // The format's own rule: no byte belongs to two tensors or to none.
    var end = start
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      guard range.lowerBound == end else {
        throw ByteError(offset: end, reason: "the tensors overlap, or leave a gap")
      }
      end = range.upperBound
    }
    guard end == bytes.count else { throw ByteError(offset: end, reason: "there are bytes that are no tensor's") }
    self.tensors = tensors
  }

  /// Returns the whole numbers of an array; nil where `value` is none of such.
  private static func numbers(_ value: JSONValue?) -> [Int]? {
    guard let elements = value?.array else { return nil }
    let numbers = elements.compactMap(\.integer)
    return numbers.count == elements.count ? numbers : nil
  }
}
