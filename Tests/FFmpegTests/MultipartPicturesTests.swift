import FFmpeg
import TestData
import Testing

/// Pictures out of multipart streams, however these are written and in whatever pieces they come.
@Suite struct MultipartPicturesTests {
  /// A picture whose thumbnail has an end of its own, and whose number stands in its scan.
  private func picture(_ number: UInt8) -> [UInt8] {
    let start: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD8, 0xFF, 0xD9]
    return start + [0xFF, 0xDA, 0, 3, 1, number, 0xFF, 0, 0xFF, 0xD0, 13, 10, 45, 0xFF, 0xD9]
  }

  private func head(_ lines: String...) -> [UInt8] {
    Array((["--next"] + lines + ["", ""]).joined(separator: "\r\n").utf8)
  }

  private let line: [UInt8] = [13, 10]

  /// Returns what is found in `stream`, which comes in pieces of `size` bytes.
  private func pictures(in stream: [UInt8], pieces size: Int) throws -> [[UInt8]] {
    var (cutter, found) = (MultipartPictures(), [[UInt8]]())
    for start in stride(from: 0, to: stream.count, by: size) {
      stream[start..<min(start + size, stream.count)].withUnsafeBytes { cutter.add($0) }
      while let picture = try cutter.next() { found.append(Array(picture)) }
    }
    return found
  }

  @Test(arguments: [1, 2, 3, 7, 50, 1 << 20]) func eachIsFoundAsItIs(size: Int) throws {
    let (one, two, three) = (picture(1), picture(2), picture(3))
    let counted = "content-length:\t\(two.count)"
    let stream =
      line + head("Content-Type: image/jpeg") + one + [0, 10, 0xFF, 0xD8, 9] + line + head("X: y", counted) + two + line
      + head("Content-Type: text/plain") + Array("--nexus 7".utf8) + line + head("Content-Type: text/plain", counted)
      + two + line + head() + three
    #expect(try pictures(in: stream, pieces: size) == [one, two, three])
  }

  /// One that was cut short does not swallow the next; nor does one whose segments go beyond its end.
  @Test(arguments: [1, 5, 1 << 20]) func theBoundaryEndsWhatHasNoEnd(size: Int) throws {
    let cuts = [5, 11, 15, 23].map { Array(picture(1).prefix($0)) }
    let stream = cuts.flatMap { head("Content-Type: image/jpeg") + $0 + line } + head() + picture(2)
    let found = try pictures(in: stream, pieces: size)
    // The end of the line before a boundary is no harm to a decoder.
    #expect(found.map { Array($0.prefix { $0 != 13 }) }.count == 5 && found.last == picture(2))
    for (cut, found) in zip(cuts, found) { #expect(found == cut + [13]) }
  }

  /// Whatever is sent, what is found does not depend on the pieces that it comes in.
  @Test func damageIsFoundAlikeInAllPieces() throws {
    var random = SeededGenerator(seed: 7)
    let sound = (0..<6).flatMap { head("Content-Type: image/jpeg") + picture($0) + line }
    for _ in 0..<300 {
      var stream = sound
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: 0..<stream.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: stream[place] = [0, 10, 13, 45, 0xD9, 0xFF].randomElement(using: &random) ?? 0
        case 1: stream.remove(at: place)
        default: stream.insert(contentsOf: stream[place..<min(place + 9, stream.count)], at: place)
        }
      }
      let whole = try pictures(in: stream, pieces: stream.count)
      for size in [1, 3, 17] { #expect(try pictures(in: stream, pieces: size) == whole) }
    }
  }

  @Test func whatHasNoBoundaryIsHeldWithinBounds() throws {
    var cutter = MultipartPictures()
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    for _ in 0..<100 / TestData.portion {
      zeros.withUnsafeBytes { cutter.add($0) }
      #expect(try cutter.next() == nil)
    }
    for stream in [
      head("Content-Length: 9999999999"), head() + picture(0).prefix(20) + [UInt8](repeating: 0, count: 70_000_000),
    ] { #expect(throws: MediaError.self) { try pictures(in: stream, pieces: 1 << 20) } }
  }
}
