package import Model
internal import Posix

/// A TensorFlow Lite model as its file says it: tensors, operators and where constants lie, nothing interpreted yet
/// (tensorflow/lite/schema/schema.fbs, version 3).
///
/// Invariant: all tensors that operators, `inputs` and `outputs` name are in `tensors`, and each tensor's buffer is in
/// `buffers` and within the file.
package struct TFLiteModel {
  /// The file, in which the constants lie.
  let file: ModelFile
  package let tensors: [TFLiteTensor]
  /// The tensors that a caller fills and reads, in the order in which it sees them.
  package let inputs: [Int]
  package let outputs: [Int]
  /// In the order in which they run.
  package let operators: [TFLiteOperator]
  /// Where the bytes of each buffer lie in the file; empty where it has none.
  let buffers: [Range<Int>]
  /// Which buffers hold data about the model, by their names.
  let metadata: [(name: String, buffer: Int)]

  /// The four bytes that say so.
  static let identifier = "TFL3"

  /// The most of each kind: several times what the largest detectors have.
  private static let (mostTensors, mostOperators, mostOperands, mostRank) = (1 << 16, 1 << 14, 256, 8)

  /// Reads the whole file; constants and names stay where they are in it.
  ///
  /// - Throws: `ImportError` where the file is damaged, or has another number of subgraphs than one.
  package init(_ file: ModelFile) throws(ImportError) {
    do throws(ByteError) {
      let root = try unsafe FlatBuffer(file.bytes.bytes).root()
      let graphs = try root.tables(2, most: 1 << 10)
      guard graphs.count == 1, let graph = graphs.first else {
        throw ByteError(offset: root.position, reason: "\(graphs.count) subgraphs are not supported, only one")
      }
      let codes = try root.tables(1, most: 1 << 10).map { table throws(ByteError) in
        try TFLiteOperator.Code(table)
      }
      let buffers = try root.tables(4, most: Self.mostTensors).map { table throws(ByteError) in
        try Self.buffer(table, bytes: file.bytes.count)
      }
      let tensors = try graph.tables(0, most: Self.mostTensors).map { table throws(ByteError) in
        try TFLiteTensor(table, buffers: buffers.count, mostRank: Self.mostRank)
      }
      func operands(_ table: FlatBuffer.Table, _ field: Int, least: Int) throws(ByteError) -> [Int] {
        let numbers = try table.integers(field, as: Int32.self, most: Self.mostOperands).map { Int($0) }
        guard numbers.allSatisfy({ (least..<tensors.count).contains($0) }) else {
          throw ByteError(offset: table.position, reason: "a tensor is named that is not there")
        }
        return numbers
      }
      operators = try graph.tables(3, most: Self.mostOperators).map { table throws(ByteError) in
        guard let code = codes.element(Int(try table.integer(0, as: UInt32.self))) else {
          throw ByteError(offset: table.position, reason: "an operator has no code")
        }
        return try TFLiteOperator(
          code, table, inputs: try operands(table, 1, least: -1), outputs: try operands(table, 2, least: 0))
      }
      (inputs, outputs) = (try operands(graph, 1, least: 0), try operands(graph, 2, least: 0))
      metadata = try root.tables(6, most: 1 << 10).map { table throws(ByteError) in
        (try table.text(0) ?? "", Int(try table.integer(1, as: UInt32.self)))
      }
      (self.file, self.tensors, self.buffers) = (file, tensors, buffers)
    } catch {
      throw ImportError(file: file.path, error)
    }
  }

  /// Returns where a buffer's bytes lie: within the flatbuffer, or behind it in files that are too large for one.
  private static func buffer(_ table: FlatBuffer.Table, bytes: Int) throws(ByteError) -> Range<Int> {
    let (offset, size) = (try table.integer(1, as: UInt64.self), try table.integer(2, as: UInt64.self))
    // 0 and 1 stand for none.
    guard offset > 1 else { return try table.elements(0, size: 1) ?? 0..<0 }
    guard offset <= UInt64(bytes), size <= UInt64(bytes) - offset else {
      throw ByteError(offset: table.position, reason: "a buffer of \(size) bytes lies outside of the file")
    }
    return Int(offset)..<Int(offset + size)
  }

  /// Whether `tensor` is a constant.
  func isConstant(_ tensor: Int) -> Bool { !buffers[tensors[tensor].buffer].isEmpty }

  /// Returns the bytes of a constant.
  func bytes(of tensor: Int) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: file.bytes.bytes[buffers[tensors[tensor].buffer]])
  }

  /// Returns the name of `tensor`, for people: of the operators that a converter merged into one, the last.
  package func name(of tensor: Int) -> String {
    guard let range = tensors[tensor].name,
      let text = try? unsafe FlatBuffer(file.bytes.bytes).text(in: range.suffix(Self.longestName))
    else { return "tensor \(tensor)" }
    let last = text.split(separator: ";").last ?? ""
    let name = String(String(last).printable(most: Self.longestName).map { $0 == " " ? "?" : $0 })
    return name.isEmpty ? "tensor \(tensor)" : name
  }

  /// The most bytes of a name that are looked at.
  private static let longestName = 256

  /// Returns an error about the model as a whole.
  func fault(_ reason: String) -> ImportError { ImportError(file: file.path, reason: reason) }

  /// Returns an error that stands at operator number `place`.
  func fault(_ place: Int, _ reason: String) -> ImportError {
    ImportError(file: file.path, place: ["operator \(place) \(operators[place].code.name)"], reason: reason)
  }

  /// Returns an error about a tensor.
  func fault(tensor: Int, _ reason: String) -> ImportError {
    ImportError(file: file.path, place: ["tensor \(tensor) \(name(of: tensor))"], reason: reason)
  }
}

extension Array {
  /// Returns the element at `index`; nil where there is none.
  func element(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
