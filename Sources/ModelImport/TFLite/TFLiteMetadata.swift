internal import Model
internal import Posix
internal import Scene

/// What the metadata in a model say of its input and its classes (metadata_schema.fbs of tflite-support).
struct TFLiteMetadata {
  /// What is subtracted from a pixel's channel, and by what it is then divided; nil where they do not say.
  private(set) var normalization: (mean: Float, deviation: Float)?
  /// The text of the list of labels; nil where there is none.
  private(set) var labels: String?
  /// Why the list of labels that they name is not read: it is not there, packed or too large; nil where nothing is wrong.
  private(set) var labelFault: ImportError?

  /// The name under which a model keeps them.
  private static let name = "TFLITE_METADATA"
  /// The largest list of labels that is read.
  private static let mostLabelBytes = 1 << 20

  /// Reads the metadata and the files appended to the model.
  ///
  /// - Throws: `ImportError` iff they are damaged.
  init(_ source: TFLiteModel) throws(ImportError) {
    var labelFile: String?
    do throws(ByteError) {
      if let entry = source.metadata.first(where: { $0.name == Self.name }),
        let range = source.buffers.element(entry.buffer), !range.isEmpty
      {
        let buffer = unsafe FlatBuffer(UnsafeRawBufferPointer(rebasing: source.file.bytes.bytes[range]))
        let root = try buffer.root()
        guard let graph = try root.tables(3, most: 16).first else { return }
        normalization = try Self.normalization(graph)
        labelFile = try Self.labelFile(graph, root)
      }
      let members = try AppendedFiles.members(of: source.file.bytes)
      // Without metadata, a single list of labels is one all the same.
      let lists = members.filter { $0.name.hasSuffix(".txt") && $0.name.contains("label") }
      guard let name = labelFile ?? (lists.count == 1 ? lists[0].name : nil) else { return }
      do throws(ByteError) { labels = try Self.list(name, among: members, in: source.file.bytes) } catch {
        labelFault = ImportError(file: source.file.path, place: ["metadata"], error)
      }
    } catch {
      throw ImportError(file: source.file.path, place: ["metadata"], error)
    }
  }

  /// Returns the text of the list of labels `name`, one of the `members` of the archive with which `file` ends.
  ///
  /// - Throws: `ByteError` where it is not there, packed, or too large.
  private static func list(_ name: String, among members: [AppendedFiles.Member], in file: MappedFile)
    throws(ByteError) -> String
  {
    let list = "the list of labels \(name.printable())"
    guard let member = members.first(where: { $0.name == name }) else {
      throw ByteError(offset: file.count, reason: "\(list) is not appended")
    }
    guard member.method == 0, member.content.count <= mostLabelBytes else {
      throw ByteError(
        offset: member.content.lowerBound,
        reason: "\(list) is \(member.method == 0 ? "too large" : "packed, which is not supported")")
    }
    return unsafe String(decoding: file.bytes[member.content], as: UTF8.self)
  }

  /// Returns what the first input's process units say of its numbers.
  private static func normalization(_ graph: FlatBuffer.Table) throws(ByteError) -> (
    mean: Float, deviation: Float
  )? {
    guard let input = try graph.tables(2, most: 16).first else { return nil }
    // 1 is `NormalizationOptions`.
    for unit in try input.tables(4, most: 16) where try unit.integer(0, as: UInt8.self) == 1 {
      guard let options = try unit.table(1) else { continue }
      let (means, deviations) = (
        try options.integers(0, as: UInt32.self, most: 16).map { Float(bitPattern: $0) },
        try options.integers(1, as: UInt32.self, most: 16).map { Float(bitPattern: $0) }
      )
      guard let mean = means.first, let deviation = deviations.first, deviation > 0, mean.isFinite, deviation.isFinite,
        Set(means).count == 1, Set(deviations).count == 1
      else {
        throw ByteError(
          offset: options.position, reason: "a normalisation that differs by channel is not supported")
      }
      return (mean, deviation)
    }
    return nil
  }

  /// Returns the name of the file that lists the classes: labels of an axis (2) or of values (3).
  private static func labelFile(_ graph: FlatBuffer.Table, _ root: FlatBuffer.Table) throws(ByteError) -> String? {
    var owners: [(FlatBuffer.Table, files: Int)] = []
    for output in try graph.tables(3, most: 16) { owners.append((output, 6)) }
    owners.append((graph, 4))
    owners.append((root, 6))
    for (owner, field) in owners {
      for file in try owner.tables(field, most: 16) where [2, 3].contains(try file.integer(2, as: Int8.self)) {
        if let name = try file.text(0) { return name }
      }
    }
    return nil
  }
}
