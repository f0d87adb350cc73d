import Capture
import FFmpeg
import Foundation
import Pixels
import Posix
import Scene
import TestData
import Testing

/// The samples of a 4:2:0 frame, plane by plane, row by row.
private func planes(of frame: borrowing Frame) -> [[[UInt8]]] {
  let halves = ((frame.width + 1) / 2, (frame.height + 1) / 2)
  func rows(_ plane: Plane, _ width: Int, _ height: Int) -> [[UInt8]] {
    (0..<height).map { Array(UnsafeRawBufferPointer(start: plane.start + $0 * plane.stride, count: width)) }
  }
  guard let second = frame.planes.1, let third = frame.planes.2 else { return [] }
  return [
    rows(frame.planes.0, frame.width, frame.height), rows(second, halves.0, halves.1), rows(third, halves.0, halves.1),
  ]
}

/// All frames of `file`.
private func pictures(of file: URL) throws -> [[[[UInt8]]]] {
  var source = try FootageSource(path: file.path, interrupt: Interrupt())
  var pictures: [[[[UInt8]]]] = []
  while let frame = try source.next() { pictures.append(planes(of: frame)) }
  return pictures
}

extension [[UInt8]] {
  fileprivate var mirrored: Self { map { $0.reversed() } }
  fileprivate var transposed: Self { (self.first ?? []).indices.map { column in map { $0[column] } } }
}

@Suite struct UprightTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "upright-\(UUID().uuidString)")

  /// Writes a moving pattern as MP4.
  private func clip(width: Int, height: Int) throws -> URL {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "clip.mp4")
    let pattern = try #require(try TestPattern(parsing: "testpattern:\(width)x\(height)@10:5:file"))
    var source = TestPatternSource(pattern, interrupt: Interrupt())
    var encoder = try VideoEncoder(
      path: file.path, container: .mp4, EncoderSettings(width: width, height: height, frameRate: 10))
    while let frame = try source.next() { try encoder.write(frame, at: frame.stamp.time.sinceFirst) { _ in } }
    try encoder.finish()
    return file
  }

  @Test(arguments: [
    [-1, 0, 0, -1], [0, 1, -1, 0], [0, -1, 1, 0], [-1, 0, 0, 1], [1, 0, 0, -1], [0, 1, 1, 0], [0, -1, -1, 0],
  ])
  func footageIsLaidAsItsMatrixSays(matrix: [Int]) throws {
    let file = try clip(width: 96, height: 62)
    defer { try? FileManager.default.removeItem(at: folder) }
    let stored = try pictures(of: file)
    try setDisplayMatrix(matrix, of: file)
    let shown = try pictures(of: file)
    let info = try FootageSource(path: file.path, interrupt: Interrupt()).info
    #expect(info.width == (matrix[0] == 0 ? 62 : 96) && info.height == (matrix[0] == 0 ? 96 : 62))
    try #require(stored.count == 5 && shown.count == 5)
    for (before, after) in zip(stored, shown) {
      for (plane, found) in zip(before, after) {
        // The matrix acts on the sides: x′ = a·x + c·y, y′ = b·x + d·y.
        var expected = plane
        if matrix[0] + matrix[1] < 0 { expected = expected.mirrored }
        if matrix[2] + matrix[3] < 0 { expected = expected.reversed() }
        if matrix[0] == 0 { expected = expected.transposed }
        #expect(found == expected)
      }
    }
  }

  /// FFmpeg's own program, shown the file with the matrix [0 −1; 1 0], turns it a quarter to the left.
  @Test(.enabled(if: TestData.hasShared)) func theRotatedSampleIsTheUprightOneTurnedLeft() throws {
    let derived = TestData.shared("video/derived")
    let (stored, shown) = (
      try pictures(of: derived.appending(path: "vtest_8s_h264.mp4")),
      try pictures(of: derived.appending(path: "vtest_8s_rotate90.mp4"))
    )
    try #require(stored.count == 80 && shown.count == 80)
    for number in [0, 40, 79] {
      for (plane, found) in zip(stored[number], shown[number]) { #expect(found == plane.mirrored.transposed) }
    }
  }

  /// A JPEG of 32 × 16, black but for the quarter at the upper left, as base 64.
  private static let corner =
    "/9j/2wBDAAgQEBMQExYWFhYWFhoYGhsbGxoaGhobGxsdHR0iIiIdHR0bGx0dICAiIiUmJSMjIiMmJigoKDAwLi44ODpFRVP/"
    + "xABMAAEBAQAAAAAAAAAAAAAAAAAABwgBAQAAAAAAAAAAAAAAAAAAAAAQAQAAAAAAAAAAAAAAAAAAAAARAQAAAAAAAAAAAAAAAAAA"
    + "AAD/wAARCAAQACADASIAAhEAAxEA/9oADAMBAAIRAxEAPwC1jCgAAD//2Q=="

  /// Where the white quarter lies for each of EXIF's orientations: at the right, at the bottom.
  @Test(arguments: [
    (1, false, false), (2, true, false), (3, true, true), (4, false, true), (5, false, false), (6, true, false),
    (7, true, true), (8, false, true),
  ])
  func aPhotographIsLaidAsItsEXIFSays(orientation: Int, isRight: Bool, isLow: Bool) throws {
    var bytes = try #require(Data(base64Encoded: Self.corner))
    // APP1: the word Exif, a little-endian TIFF header, one entry: tag 0x112, one short.
    let exif: [UInt8] =
      [0xFF, 0xE1, 0, 34] + Array("Exif".utf8) + [0, 0] + Array("II".utf8) + [42, 0, 8, 0, 0, 0, 1, 0]
      + [0x12, 1, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0] + [0, 0, 0, 0]
    bytes.insert(contentsOf: exif, at: 2)
    let file = FileManager.default.temporaryDirectory.appending(path: "exif-\(UUID().uuidString).jpg")
    defer { try? FileManager.default.removeItem(at: file) }
    try bytes.write(to: file)
    let frame = try StillPicture.read(file.path)
    #expect((frame.width, frame.height) == (orientation >= 5 ? (16, 32) : (32, 16)))
    let luma = planes(of: frame)[0]
    for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      let sample = luma[row * (frame.height - 1)][column * (frame.width - 1)]
      #expect((sample > 128) == ((row == 1) == isLow && (column == 1) == isRight), "\(row), \(column): \(sample)")
    }
  }

  /// An entry of a TIFF: a tag, one short.
  private func entry(_ tag: Int, _ value: Int) -> [UInt8] {
    [UInt8(tag % 256), UInt8(tag / 256), 3, 0, 1, 0, 0, 0, UInt8(value), 0, 0, 0]
  }

  /// A PNG of two pixels, the left one white, with a chunk whose sum nobody compares.
  private func png(_ orientation: Int) throws -> Data {
    let file = FileManager.default.temporaryDirectory.appending(path: "exif-\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: file) }
    try StillPicture.writePNG(file.path, rgb: [255, 255, 255, 0, 0, 0], width: 2, height: 1)
    var bytes = try Data(contentsOf: file)
    let exif = Array("II".utf8) + [42, 0, 8, 0, 0, 0, 1, 0] + entry(274, orientation) + [0, 0, 0, 0]
    // Behind the head.
    bytes.insert(contentsOf: [0, 0, 0, UInt8(exif.count)] + Array("eXIf".utf8) + exif + [0, 0, 0, 0], at: 33)
    return bytes
  }

  /// The same in a TIFF, in gray: width, height, bits, compression, kind of colour, place, rows and bytes.
  private func tiff(_ orientation: Int) -> Data {
    let before = [(256, 2), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (274, orientation)]
    let entries = (before + [(277, 1), (278, 1), (279, 2)]).map { entry($0.0, $0.1) }
    let begin: [UInt8] = Array("II".utf8) + [42, 0, 10, 0, 0, 0, 255, 0, UInt8(entries.count), 0]
    return Data(begin + entries.joined() + [0, 0, 0, 0])
  }

  /// Of PNG and TIFF the decoder passes nothing on.
  @Test(arguments: [(1, [2, 1, 255, 0]), (3, [2, 1, 0, 255]), (6, [1, 2, 255, 0]), (8, [1, 2, 0, 255])])
  func pngAndTIFFAreLaidAsTheySay(orientation: Int, expected: [Int]) throws {
    for (kind, bytes) in [("png", try png(orientation)), ("tif", tiff(orientation))] {
      let file = FileManager.default.temporaryDirectory.appending(path: "laid-\(UUID().uuidString).\(kind)")
      defer { try? FileManager.default.removeItem(at: file) }
      try bytes.write(to: file)
      let frame = try StillPicture.read(file.path)
      let (plane, size) = (frame.planes.0, frame.format == .gray8 ? 1 : 3)
      let next = frame.height == 2 ? plane.stride : size
      let samples = UnsafeRawBufferPointer(start: plane.start, count: next + 1)
      #expect([frame.width, frame.height, Int(samples[0]), Int(samples[next])] == expected, "\(kind)")
    }
  }

  /// Of WebP the decoder passes EXIF on as text.
  @Test func aWebPIsLaidAsItsEXIFSays() throws {
    let bytes = Data(
      base64Encoded: "UklGRmoAAABXRUJQVlA4WAoAAAAIAAAAHwAADwAAVlA4ICoAAABwAgCdASogABAALmlIpFIiJaWlhYBoS0gAB4IAAP"
        + "7eVf//7CPH+++AAABFWElGGgAAAElJKgAIAAAAAQASAQMAAQAAAAYAAAAAAAAA")
    let file = FileManager.default.temporaryDirectory.appending(path: "exif-\(UUID().uuidString).webp")
    defer { try? FileManager.default.removeItem(at: file) }
    try #require(bytes).write(to: file)
    let frame = try StillPicture.read(file.path)
    #expect((frame.width, frame.height) == (16, 32))
    // Stored at the upper left, turned to the right.
    let luma = planes(of: frame)[0]
    #expect(luma[0][15] > 128 && luma[0][0] < 128 && luma[31][0] < 128 && luma[31][15] < 128)
  }
}
