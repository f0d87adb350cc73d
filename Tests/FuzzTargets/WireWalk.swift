import ModelImport

/// Reads every part of a message in every way that its wire type allows.
enum WireWalk {
  static func walk(_ bytes: UnsafeRawBufferPointer) -> Outcome { walk(WireReader(bytes), within: 0..<bytes.count) }

  /// Reads the fields that lie in `range`.
  private static func walk(_ reader: WireReader, within range: Range<Int>) -> Outcome {
    var reader = reader
    do throws(ByteError) {
      while let field = try reader.next() {
        precondition(range.contains(reader.offset - 1), "The reader left its message.")
        var (integers, floats) = ([Int](), [Float]())
        try? reader.appendVarints(of: field, to: &integers)
        try? reader.appendFloats(of: field, to: &floats)
        guard case .bytes(let part) = field.value else { continue }
        precondition(range.lowerBound <= part.lowerBound && part.upperBound <= range.upperBound, "A part lies outside.")
        _ = try? reader.text(in: part)
        if let inner = try? reader.message(in: part) { _ = walk(inner, within: part) }
      }
      precondition(reader.offset == range.upperBound, "The reader stopped early.")
      return .whole
    } catch { return .refused(because: error) }
  }
}
