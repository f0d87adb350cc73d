import ModelImport

/// Reads every field of every table in every way that a schema might, as far as a budget goes: tables may share what they
/// refer to.
struct TableWalk {
  private let buffer: FlatBuffer
  private let count: Int
  private var budget = 20_000
  private var refusals = 0

  static func walk(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    let numbers = Result { () throws(ByteError) in try FlexBuffer.numbers(in: bytes) }
    var walk = TableWalk(buffer: FlatBuffer(bytes), count: bytes.count)
    do throws(ByteError) {
      let root = try walk.buffer.root()
      walk.read(root)
      return .whole
    } catch {
      if case .success(let numbers) = numbers { precondition(numbers.count <= bytes.count, "Names come from nowhere.") }
      return .refused(because: error)
    }
  }

  private init(buffer: FlatBuffer, count: Int) { (self.buffer, self.count) = (buffer, count) }

  private mutating func read(_ table: FlatBuffer.Table) {
    precondition((0..<count).contains(table.position), "A table lies outside.")
    for field in 0..<min(table.fieldCount, 64) {
      budget -= 1
      guard budget > 0 else { return }
      _ = try? (table.integer(field, as: UInt8.self), table.integer(field, as: Int64.self), table.float(field))
      for size in [1, 4, 8] {
        guard let range = try? table.elements(field, size: size) else { continue }
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "A list lies outside.")
      }
      _ = try? table.text(field)
      _ = try? table.integers(field, as: Int32.self, most: 100)
      if let inner = try? table.table(field) { read(inner) }
      for inner in (try? table.tables(field, most: 100)) ?? [] where budget > 0 { read(inner) }
    }
  }
}
