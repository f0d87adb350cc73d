internal import CArchive
package import Model
package import Posix
internal import Scene

/// An archive that is read once, from its first member to its last: the owner of libarchive's object.
///
/// Of what libarchive knows only tar and zip are read, and only packings that it undoes itself: there are formats for
/// which it opens other files (mtree), and packings for which it starts programs (lrzip, grzip). However an archive is
/// made, reading it ends: members and bytes are counted, also those that are passed over.
@safe
package struct ArchiveReader: ~Copyable {
  /// What an archive says of one of its members.
  package struct Member {
    /// As the archive has it, in printable characters.
    package let path: String
    /// Whether it is a regular file, with a content of its own.
    package let isFile: Bool
    let isEncrypted: Bool
    /// As it is said; nil where it is known only at its end.
    package let size: Int?
  }

  /// How much of an archive is read.
  package struct Limits {
    /// The most members that are walked.
    let members: Int
    /// The most bytes that are unpacked, all members together.
    let bytes: Int

    package init(members: Int, bytes: Int) { (self.members, self.bytes) = (members, bytes) }

    /// For archives of models, the largest of which have some hundred megabytes.
    package static let standard = Limits(members: 100_000, bytes: 1 << 32)
  }

  /// What a step costs that unpacks nothing, in bytes.
  private static let stepCost = 512
  /// How much is unpacked at once.
  private static let pieceSize = 1 << 20

  private let file: ModelFile
  private let limits: Limits
  private let archive: OpaquePointer
  /// The member whose content, or its rest, comes next.
  private var current: Member?
  private var memberCount = 0
  private var byteCount = 0

  /// How files begin that may be archives: gzip, xz, bzip2, zstd, lz4, lzma, zip, an empty zip.
  private static let beginnings: [[UInt8]] = [
    [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58, 0x5A], Array("BZh".utf8), [0x28, 0xB5, 0x2F, 0xFD],
    [0x04, 0x22, 0x4D, 0x18], [0x5D, 0x00, 0x00], Array("PK\u{3}\u{4}".utf8), Array("PK\u{5}\u{6}".utf8),
  ]
  /// What stands in the header of a tar archive's first member (POSIX.1-1988 and later, and GNU's), and where.
  private static let tarMark = (bytes: Array("ustar".utf8), place: 257)

  /// Whether the bytes begin as an archive does.
  package static func recognizes(_ file: ModelFile) -> Bool {
    let start = unsafe Array(file.bytes.bytes.prefix(tarMark.place + tarMark.bytes.count))
    return beginnings.contains { start.starts(with: $0) } || start.dropFirst(tarMark.place).elementsEqual(tarMark.bytes)
  }

  /// Opens the archive that `file` holds.
  ///
  /// - Throws: `ImportError` with libarchive's reason where it holds none.
  package init(_ file: ModelFile, limits: Limits = .standard) throws(ImportError) {
    guard let archive = unsafe archive_read_new() else {
      throw ImportError(file: file.path, reason: "there is no memory to read the archive")
    }
    unsafe archive_read_support_format_tar(archive)
    unsafe archive_read_support_format_zip(archive)
    unsafe archive_read_support_filter_gzip(archive)
    unsafe archive_read_support_filter_xz(archive)
    unsafe archive_read_support_filter_bzip2(archive)
    unsafe archive_read_support_filter_zstd(archive)
    unsafe archive_read_support_filter_lz4(archive)
    unsafe archive_read_support_filter_lzma(archive)
    let bytes = unsafe file.bytes.bytes
    guard unsafe archive_read_open_memory(archive, bytes.baseAddress, bytes.count) == ARCHIVE_OK else {
      let reason = unsafe Self.reason(archive)
      unsafe archive_read_free(archive)
      throw ImportError(file: file.path, reason: "cannot be read as an archive: \(reason)")
    }
    unsafe (self.file, self.limits, self.archive) = unsafe (file, limits, archive)
  }

  deinit { unsafe archive_read_free(archive) }

  /// Goes to the next member, past what was not read of the one before; nil behind the last.
  ///
  /// - Throws: `ImportError` where the archive is damaged, or larger than is read.
  package mutating func next() throws(ImportError) -> Member? {
    try pass()
    while true {
      var entry: OpaquePointer?
      let result = unsafe archive_read_next_header(archive, &entry)
      guard result != ARCHIVE_EOF else { return nil }
      memberCount += 1
      guard memberCount <= limits.members else {
        throw ImportError(file: file.path, reason: "the archive has more than \(limits.members) members")
      }
      switch result {
      case ARCHIVE_OK, ARCHIVE_WARN:
        current = unsafe entry.map { unsafe Self.member($0) }
        return current
      case ARCHIVE_RETRY: continue
      default: throw fault()
      }
    }
  }

  /// Returns the content of the member that `next` went to; nil where it has more than `most` bytes.
  ///
  /// - Throws: `ImportError` where it is damaged or encrypted.
  package mutating func content(upTo most: Int) throws(ImportError) -> MappedFile? {
    guard let member = current else { return nil }
    guard !member.isEncrypted else { throw fault("is encrypted, and no password is asked for") }
    // What is said may be a lie, but then the archive is damaged.
    guard member.size ?? 0 <= most else { return nil }
    var gathered = GatheredBytes()
    let archive = unsafe archive
    while true {
      let count: Int
      do {
        count = try unsafe gathered.append(upTo: Self.pieceSize) { room in
          unsafe archive_read_data(archive, room.baseAddress, room.count)
        }
      } catch { throw fault(error.reason) }
      if count == 0 { break }
      guard count > 0 else { throw fault() }
      try step(count)
      guard gathered.count <= most else { return nil }
    }
    current = nil
    return MappedFile(gathered)
  }

  /// Passes over what is left of the current member. libarchive's own way, which it takes in one go, has no bound.
  private mutating func pass() throws(ImportError) {
    guard current != nil else { return }
    while true {
      var (block, size, offset): (UnsafeRawPointer?, Int, Int64) = (nil, 0, 0)
      switch unsafe archive_read_data_block(archive, &block, &size, &offset) {
      case ARCHIVE_OK, ARCHIVE_WARN, ARCHIVE_RETRY: try step(size)
      // Encrypted, or packed in a way that is not known: of this member alone.
      case ARCHIVE_EOF, ARCHIVE_FAILED:
        current = nil
        return
      default: throw fault()
      }
    }
  }

  /// Counts so many bytes that were unpacked.
  private mutating func step(_ size: Int) throws(ImportError) {
    guard max(size, Self.stepCost) <= limits.bytes - byteCount else {
      throw fault("the archive unpacks to more than \(limits.bytes >> 20) MB")
    }
    byteCount += max(size, Self.stepCost)
  }

  /// Returns an error at the current member; its reason is libarchive's where none is given.
  private func fault(_ reason: String? = nil) -> ImportError {
    let words = unsafe Self.reason(archive)
    return ImportError(file: file.path, place: current.map { [$0.path] } ?? [], reason: reason ?? words)
  }

  /// Returns libarchive's words for what went wrong last, on one line.
  private static func reason(_ archive: OpaquePointer) -> String {
    guard let text = unsafe archive_error_string(archive) else { return "the archive is damaged" }
    let words = printable(unsafe String(cString: text))
    return words.prefix(1).lowercased() + words.dropFirst()
  }

  /// Returns what `entry` says.
  private static func member(_ entry: OpaquePointer) -> Member {
    var name = unsafe archive_entry_pathname(entry)
    // What the locale has no characters for is there in UTF-8 alone.
    if unsafe name == nil { unsafe name = archive_entry_pathname_utf8(entry) }
    let path = unsafe name.map { unsafe String(cString: $0) } ?? ""
    let isLinked = unsafe archive_entry_hardlink(entry) != nil
    let isRegular = unsafe archive_entry_filetype(entry) == stream_archive_regular_file
    let isSized = unsafe archive_entry_size_is_set(entry) != 0
    return Member(
      path: printable(path), isFile: isRegular && !isLinked,
      isEncrypted: unsafe archive_entry_is_encrypted(entry) != 0,
      size: isSized ? Int(unsafe archive_entry_size(entry)) : nil)
  }

  /// Returns `text` on one line: a question mark stands for what would move the cursor.
  private static func printable(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { $0.movesCursor ? "?" : $0 }
    return String(String.UnicodeScalarView(scalars))
  }
}
