import FFmpeg
import Foundation
import Pixels
import Testing

@Suite struct StillPictureTests {
  @Test(arguments: [(1, 1), (7, 5), (64, 33)])
  func aWrittenPictureIsReadBackBitForBit(width: Int, height: Int) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "still-\(UUID().uuidString).png").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rgb = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try StillPicture.writePNG(path, rgb: rgb, width: width, height: height)
    let frame = try StillPicture.read(path)
    #expect((frame.width, frame.height) == (width, height))
    #expect(frame.format == .rgb24)
    for y in 0..<height {
      let row = UnsafeRawBufferPointer(start: frame.planes.0.start + y * frame.planes.0.stride, count: width * 3)
      #expect(Array(row) == Array(rgb[y * width * 3..<(y + 1) * width * 3]))
    }
  }

  @Test func anUnwritablePlaceIsAnError() {
    #expect(throws: MediaError.self) {
      try StillPicture.writePNG("/nowhere/x.png", rgb: [0, 0, 0], width: 1, height: 1)
    }
    #expect(throws: MediaError.self) { try StillPicture.writePNG("/dev/full", rgb: [0, 0, 0], width: 1, height: 1) }
  }
}
