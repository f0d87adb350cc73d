import FFmpeg
import Foundation
import Pixels
import Posix
import TestData
import Testing

/// Pictures that are decoded without a demuxer are those that it would have given.
@Suite struct JPEGFileTests {
  /// A JPEG of 32 × 16 in 4:2:0, as base 64.
  private static let picture =
    "/9j/2wBDAAgQEBMQExYWFhYWFhoYGhsbGxoaGhobGxsdHR0iIiIdHR0bGx0dICAiIiUmJSMjIiMmJigoKDAwLi44ODpFRVP/"
    + "xABMAAEBAQAAAAAAAAAAAAAAAAAABwgBAQAAAAAAAAAAAAAAAAAAAAAQAQAAAAAAAAAAAAAAAAAAAAARAQAAAAAAAAAAAAAAAAAA"
    + "AAD/wAARCAAQACADASIAAhEAAxEA/9oADAMBAAIRAxEAPwC1jCgAAD//2Q=="

  /// Calls `body` with the path of a file `name` that holds `bytes`.
  private func withFile<Result>(_ name: String, _ bytes: Data, _ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "jpeg-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try bytes.write(to: folder.appending(path: name))
    return try body(folder.appending(path: name).path)
  }

  /// The bytes of all rows of all planes, without what lies between them.
  private func bytes(of frame: borrowing Frame) -> [[UInt8]] {
    let (first, second, third) = frame.planes
    var planes = [rows(of: first, frame.width * (frame.format == .rgb24 ? 3 : 1), frame.height)]
    for plane in [second, third] {
      if let plane { planes.append(rows(of: plane, (frame.width + 1) / 2, (frame.height + 1) / 2)) }
    }
    return planes
  }

  private func rows(of plane: Plane, _ width: Int, _ height: Int) -> [UInt8] {
    (0..<height).flatMap { Array(UnsafeRawBufferPointer(start: plane.start + $0 * plane.stride, count: width)) }
  }

  /// Expects of the file `path` what the demuxer gives; false where the picture is left to it.
  private func agrees(_ path: String) throws -> Bool {
    guard let frame = try JPEGFile.picture(path) else { return false }
    var reader = try FootageReader(path: path, interrupt: Interrupt(), threads: 1)
    let demuxed = try reader.next()
    guard let demuxed else {
      Issue.record("\(path): the demuxer gives no picture")
      return true
    }
    let isAlike =
      frame.width == demuxed.width && frame.height == demuxed.height && frame.format == demuxed.format
      && frame.coding == demuxed.coding && frame.stamp == demuxed.stamp
    #expect(isAlike, "\(path)")
    let (own, other) = (bytes(of: frame), bytes(of: demuxed))
    #expect(own == other, "\(path)")
    return true
  }

  @Test(arguments: ["a.jpg", "a.JPEG", "50%02d.jpg"]) func aJPEGFileIsWhatTheDemuxerGives(name: String) throws {
    let data = try #require(Data(base64Encoded: Self.picture))
    #expect(try withFile(name, data, agrees))
  }

  @Test(.enabled(if: TestData.hasShared)) func soAreThePhotographsOfCOCO() throws {
    let folder = TestData.shared("images/coco_val2017_128/images")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    for name in names.enumerated().filter({ $0.offset % 8 == 0 }).map(\.element) {
      #expect(try agrees(folder.appending(path: name).path), "\(name)")
    }
  }

  /// Whatever comes of bytes that were cut off or changed, comes of them by the demuxer too, or is left to it.
  @Test func aDamagedFileGivesTheSameOrIsLeftToTheDemuxer() throws {
    let data = try #require(Data(base64Encoded: Self.picture))
    for count in stride(from: 0, to: data.count, by: 7) {
      _ = try withFile("a.jpg", data.prefix(count), agrees)
      var changed = data
      changed[count] ^= 0x55
      _ = try withFile("a.jpg", changed, agrees)
    }
  }

  @Test func otherFilesAreLeftToTheDemuxer() throws {
    let data = try #require(Data(base64Encoded: Self.picture))
    func isLeft(_ path: String) throws -> Bool { try JPEGFile.picture(path) == nil }
    #expect(try withFile("a.bin", data, isLeft))
    #expect(try withFile("a.jpg", Data("GIF89a and more".utf8), isLeft))
    #expect(try isLeft("/nowhere/a.jpg"))
    #expect(try isLeft(FileManager.default.temporaryDirectory.path))
  }
}
