internal import Posix

/// Files in a zip archive that stands behind a model in the same file (APPNOTE.TXT, "ZIP File Format Specification").
///
/// Only what writers of model metadata make is read: an archive in one part, members stored as they are.
enum AppendedFiles {
  /// One member.
  struct Member {
    /// As the archive has it: of any characters, so for errors only in its printable form.
    let name: String
    /// How it is packed: 0 is stored.
    let method: Int
    /// Where its bytes lie in the file.
    let content: Range<Int>
  }

  /// The most members that are looked at.
  private static let mostMembers = 256

  /// Returns the members of the archive with which `file` ends; none where it ends in no archive.
  ///
  /// - Throws: `ByteError` iff the archive is damaged.
  static func members(of file: MappedFile) throws(ByteError) -> [Member] {
    guard let end = endRecord(of: file) else { return [] }
    let count = try number(file, at: end + 10, bytes: 2)
    let (size, start) = (try number(file, at: end + 12, bytes: 4), try number(file, at: end + 16, bytes: 4))
    guard count <= mostMembers, start + size <= end else {
      throw ByteError(offset: end, reason: "the appended archive's list of \(count) files leaves the file")
    }
    // Its offsets count from the start of the archive, or of the file where a writer took that into account.
    let (shift, place) = (end - size - start, end - size)
    var (members, entry) = ([Member](), place)
    for _ in 0..<count {
      guard try number(file, at: entry, bytes: 4) == 0x0201_4B50 else {
        throw ByteError(offset: entry, reason: "the appended archive's list is damaged")
      }
      let length = try number(file, at: entry + 28, bytes: 2)
      let name = try text(file, at: entry + 46, count: length)
      let local = try number(file, at: entry + 42, bytes: 4) + shift
      guard try number(file, at: local, bytes: 4) == 0x0403_4B50 else {
        throw ByteError(offset: local, reason: "the appended file \(name.printable()) is not where the list says")
      }
      let begin =
        local + 30 + (try number(file, at: local + 26, bytes: 2)) + (try number(file, at: local + 28, bytes: 2))
      let bytes = try number(file, at: entry + 20, bytes: 4)
      guard begin + bytes <= place else {
        throw ByteError(offset: local, reason: "the appended file \(name.printable()) leaves the archive")
      }
      members.append(
        Member(name: name, method: try number(file, at: entry + 10, bytes: 2), content: begin..<begin + bytes))
      entry += 46 + length + (try number(file, at: entry + 30, bytes: 2)) + (try number(file, at: entry + 32, bytes: 2))
    }
    return members
  }

  /// Returns where the record stands that ends an archive: behind it is at most a comment of 64 KB.
  private static func endRecord(of file: MappedFile) -> Int? {
    let last = file.count - 22
    guard last >= 0 else { return nil }
    for place in (max(0, last - 0xFFFF)...last).reversed() {
      if let mark = try? number(file, at: place, bytes: 4), mark == 0x0605_4B50,
        let comment = try? number(file, at: place + 20, bytes: 2), comment == last - place
      {
        return place
      }
    }
    return nil
  }

  /// Returns the number of so many bytes at `offset`, lowest byte first.
  private static func number(_ file: MappedFile, at offset: Int, bytes: Int) throws(ByteError) -> Int {
    guard offset >= 0, offset <= file.count - bytes else {
      throw ByteError(offset: offset, reason: "the appended archive leaves the file")
    }
    return (0..<bytes).reduce(0) { unsafe $0 | Int(file.bytes[offset + $1]) << (8 * $1) }
  }

  /// Returns the text of so many bytes at `offset`; what is no UTF-8 is replaced.
  private static func text(_ file: MappedFile, at offset: Int, count: Int) throws(ByteError) -> String {
    guard offset >= 0, offset <= file.count - count else {
      throw ByteError(offset: offset, reason: "the appended archive leaves the file")
    }
    return unsafe String(decoding: file.bytes[offset..<offset + count], as: UTF8.self)
  }
}
