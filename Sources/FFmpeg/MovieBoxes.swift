internal import Glibc
internal import Posix

/// What the outermost boxes of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2) tell where it cannot be read.
enum MovieBoxes {
  /// Returns what is wrong with the file `descriptor`, to complete `PATH: …`; nil where it is another kind of file, or its
  /// boxes are whole and its index is there.
  static func flaw(of descriptor: Int32) -> String? {
    var status = stat()
    guard isRegularFile(descriptor), unsafe fstat(descriptor, &status) == 0 else { return nil }
    let size = Int64(status.st_size)
    var (place, hasIndex) = (Int64(0), false)
    for number in 0..<mostBoxes {
      guard let box = box(at: place, of: descriptor) else {
        if number == 0 { return nil }
        break
      }
      guard number > 0 || beginnings.contains(box.type) else { return nil }
      // The last one may go to the end of the file, whatever that is.
      guard let end = box.end else { break }
      guard end <= size else {
        if hasIndex {
          return "is cut short within its box \(box.type) from byte \(place) on; a copy that ends there can be read"
        }
        return "is cut short: it has \(megabytes(size)) of more than \(megabytes(end)), "
          + "and not the index (moov) without which an MP4 cannot be read"
      }
      if box.type == "moov" { hasIndex = true }
      place = end
    }
    if hasIndex { return nil }
    return "lacks the index (moov) without which an MP4 cannot be read: "
      + "its recording was not finished, or it is cut short"
  }

  /// Returns the same of the file `path`; nil where it cannot be opened.
  static func flaw(ofFile path: String) -> String? {
    guard let file = try? Descriptor(opening: path, flags: O_RDONLY | O_NOCTTY | O_NONBLOCK) else { return nil }
    return flaw(of: file.number)
  }

  /// A box: what it is, and where it ends; nil where it goes to the end of the file, whatever that is.
  private struct Box {
    let type: String
    let end: Int64?
  }

  /// More boxes are of a file that was made to take long.
  private static let mostBoxes = 100_000

  /// What such files begin with.
  private static let beginnings: Set<String> = ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot"]

  private static func box(at place: Int64, of descriptor: Int32) -> Box? {
    var head = [UInt8](repeating: 0, count: 16)
    let count = unsafe pread(descriptor, &head, 16, Int(place))
    guard count >= 8 else { return nil }
    let number = { (bytes: ArraySlice<UInt8>) in bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    let type = head[4..<8]
    guard type.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    var length = number(head[0..<4])
    if length == 1 {
      guard count == 16 else { return nil }
      length = number(head[8..<16])
    }
    guard length == 0 || length >= 8 else { return nil }
    let (end, isTooLarge) = place.addingReportingOverflow(Int64(clamping: length))
    return Box(type: String(decoding: type, as: UTF8.self), end: length == 0 || isTooLarge ? nil : end)
  }

  /// Returns so many bytes for people.
  private static func megabytes(_ count: Int64) -> String {
    let tenths = (count + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) MB"
  }
}
