/// The members of a zip archive that lies in lent memory, by the archive's own directory (APPNOTE.TXT 4.3), also with
/// 64-bit places (4.3.14).
///
/// Only members that are stored as they are can be had; nothing is copied. Checksums are not compared.
@safe
package struct ZipDirectory {
  /// What the directory says of a member.
  private struct Member {
    /// Where its own header lies.
    let header: Int
    let size: Int
    /// Whether its bytes stand in the archive as they are.
    let isStored: Bool
  }

  private let memory: UnsafeRawBufferPointer
  private var members: [String: Member] = [:]
  /// Where the directory begins: no member reaches further.
  private var start = 0

  /// The most members: far more than a network has tensors.
  private static let mostMembers = 1 << 17

  /// Reads the directory of the archive in `memory`.
  ///
  /// - Precondition: `memory` outlives it.
  /// - Throws: `ByteError` iff there is no directory, or it is damaged, or two members have one name.
  @unsafe package init(_ memory: UnsafeRawBufferPointer) throws(ByteError) {
    unsafe self.memory = unsafe memory
    var end = try directoryEnd()
    var (count, size, place) = (
      Int(try number(end + 10) as UInt16), Int(try number(end + 12) as UInt32), Int(try number(end + 16) as UInt32)
    )
    if end >= 20, (try number(end - 20) as UInt32) == 0x0706_4B50 {
      end = try whole(end - 20 + 8)
      guard (try number(end) as UInt32) == 0x0606_4B50 else {
        throw ByteError(offset: end, reason: "the end of a 64-bit archive is not there")
      }
      (count, size, place) = (try whole(end + 32), try whole(end + 40), try whole(end + 48))
    }
    guard place <= end, size <= end - place, count <= Self.mostMembers else {
      throw ByteError(offset: end, reason: "the archive's directory lies outside of the file or is too long")
    }
    start = place
    let directoryEnd = place + size
    members.reserveCapacity(min(count, size / 46))
    for _ in 0..<count { try readMember(&place, directoryEnd) }
  }

  /// The members' names, in no order.
  package var names: some Collection<String> { members.keys }

  /// Whether there is a member of this name.
  package func contains(_ name: String) -> Bool { members[name] != nil }

  /// Returns where the bytes of the member `name` lie.
  ///
  /// - Throws: `ByteError` iff there is none, it is packed or encrypted, or its own header is damaged.
  package func content(of name: String) throws(ByteError) -> Range<Int> {
    let shown = name.printable(most: 80)
    guard let member = members[name] else { throw ByteError(offset: start, reason: "there is no member \(shown)") }
    guard member.isStored else {
      throw ByteError(offset: member.header, reason: "the member \(shown) is packed, which PyTorch's never are")
    }
    guard (try number(member.header) as UInt32) == 0x0403_4B50 else {
      throw ByteError(offset: member.header, reason: "the member \(shown) is not where it should be")
    }
    let length = Int(try number(member.header + 26) as UInt16)
    let extra = Int(try number(member.header + 28) as UInt16)
    guard try text(member.header + 30, length) == name else {
      throw ByteError(offset: member.header, reason: "the member \(shown) has another name in its own header")
    }
    let first = member.header + 30 + length + extra
    guard first <= start, member.size <= start - first else {
      throw ByteError(offset: member.header, reason: "the member \(shown) reaches into the directory")
    }
    return first..<first + member.size
  }

  /// Reads the entry at `place`, and steps over it.
  private mutating func readMember(_ place: inout Int, _ end: Int) throws(ByteError) {
    let entry = place
    guard end - entry >= 46, (try number(entry) as UInt32) == 0x0201_4B50 else {
      throw ByteError(offset: entry, reason: "the archive's directory is damaged")
    }
    let (flags, method) = (try number(entry + 8) as UInt16, try number(entry + 10) as UInt16)
    let (length, extra) = (Int(try number(entry + 28) as UInt16), Int(try number(entry + 30) as UInt16))
    let comment = Int(try number(entry + 32) as UInt16)
    guard length + extra + comment <= end - entry - 46 else {
      throw ByteError(offset: entry, reason: "an entry leaves the archive's directory")
    }
    place = entry + 46 + length + extra + comment
    // What does not fit 32 bits follows in this order, and only that.
    var wide = try wideNumbers(entry + 46 + length, extra)
    func widened(_ offset: Int) throws(ByteError) -> Int {
      let narrow: UInt32 = try number(offset)
      guard narrow == .max else { return Int(narrow) }
      guard !wide.isEmpty else { throw ByteError(offset: entry, reason: "a 64-bit number of an entry is missing") }
      return try whole(wide.removeFirst())
    }
    let size = try widened(entry + 24)
    let packedSize = try widened(entry + 20)
    let header = try widened(entry + 42)
    let name = try text(entry + 46, length)
    let isStored = method == 0 && flags & 1 == 0 && size == packedSize
    guard members.updateValue(Member(header: header, size: size, isStored: isStored), forKey: name) == nil else {
      throw ByteError(offset: entry, reason: "the member \(name.printable(most: 80)) is there twice")
    }
  }

  /// Returns where the 64-bit numbers of an entry stand, in its extra fields.
  private func wideNumbers(_ first: Int, _ count: Int) throws(ByteError) -> [Int] {
    var place = first
    while first + count - place >= 4 {
      let (kind, size) = (try number(place) as UInt16, Int(try number(place + 2) as UInt16))
      guard size <= first + count - place - 4 else { break }
      if kind == 1 { return Array(stride(from: place + 4, through: place + 4 + size - 8, by: 8).prefix(3)) }
      place += 4 + size
    }
    return []
  }

  /// Returns where the record at the archive's end begins: 22 bytes, with a comment of at most 65,535 behind it.
  private func directoryEnd() throws(ByteError) -> Int {
    let count = unsafe memory.count
    var place = count - 22
    while place >= max(0, count - 22 - 0xFFFF) {
      if unsafe memory[place] == 0x50, (try number(place) as UInt32) == 0x0605_4B50 { return place }
      place -= 1
    }
    throw ByteError(offset: max(0, count), reason: "the archive's directory is not there: the file is cut off")
  }

  /// Reads a number of 64 bits that must be a size or a place.
  private func whole(_ offset: Int) throws(ByteError) -> Int {
    let value: UInt64 = try number(offset)
    // Sums of a few of them stay within `Int`.
    guard value < 1 << 60 else { throw ByteError(offset: offset, reason: "the number \(value) is out of range") }
    return Int(value)
  }

  /// Reads a number, the lowest byte first.
  private func number<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) throws(ByteError) -> Number {
    guard offset >= 0, unsafe offset <= memory.count - MemoryLayout<Number>.size else {
      throw ByteError(offset: offset, reason: "the archive ends within a number")
    }
    return unsafe Number(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// Reads a name.
  private func text(_ offset: Int, _ length: Int) throws(ByteError) -> String {
    guard offset >= 0, unsafe offset <= memory.count - length else {
      throw ByteError(offset: offset, reason: "the archive ends within a name")
    }
    return unsafe String(decoding: memory[offset..<offset + length], as: UTF8.self)
  }
}
