import Foundation
import TestData
import Testing

/// What the probe saw of a preload camera.
struct CameraProbe {
  /// One frame as the probe printed it.
  struct Frame {
    let number: Int
    let lost: Int
    /// Microseconds since the first frame, and from capture to printing.
    let time: Int
    let age: Int
    let width: Int
    let height: Int
    let mean: Double
  }

  /// Width, height, rate, format, matrix, full range; empty where the camera did not open.
  let opened: [String]
  let frames: [Frame]
  /// The lines after the frames.
  let ending: [String]
  let ended: Ended

  /// Reads `count` frames of `camera` with the probe's `options`.
  init(_ count: Int, _ options: [String] = [], of camera: PreloadCamera) throws {
    ended = try Ended(
      TestData.built("camera-probe"), [PreloadCamera.path, String(count)] + options, environment: camera.environment)
    let lines = ended.lines.map { $0.split(separator: " ").map(String.init) }
    opened = lines.first.map { $0.first == "open" ? Array($0.dropFirst()) : [] } ?? []
    frames = lines.compactMap { words in
      guard words.count == 7, let mean = Double(words[6]) else { return nil }
      let numbers = words[..<6].compactMap { Int($0) }
      guard numbers.count == 6 else { return nil }
      return Frame(
        number: numbers[0], lost: numbers[1], time: numbers[2], age: numbers[3], width: numbers[4], height: numbers[5],
        mean: mean)
    }
    ending = Array(ended.lines.dropFirst(frames.count + (opened.isEmpty ? 0 : 1)))
  }

  /// What went wrong, with the option `trouble`.
  var trouble: String { ending.first { $0.hasPrefix("trouble ") }.map { String($0.dropFirst(8)) } ?? "" }

  /// What holds of every run: numbers account for all pictures, those passed over for newer ones included, and time
  /// goes forward.
  func expectAccountIsRight(sourceLocation: SourceLocation = #_sourceLocation) {
    for (index, frame) in frames.enumerated() {
      #expect(frame.number >= index + frame.lost, sourceLocation: sourceLocation)
      #expect(frame.age >= 0, sourceLocation: sourceLocation)
      if index > 0 { #expect(frame.time >= frames[index - 1].time, sourceLocation: sourceLocation) }
    }
    #expect(ended.errors == "", "nothing but us writes to standard error", sourceLocation: sourceLocation)
  }

  /// Picture n of the preload camera has this mean; where none was lost before the first, n is the frame's number.
  func expectPicturesAreThose(sourceLocation: SourceLocation = #_sourceLocation) {
    for frame in frames { #expect(frame.mean == Double(16 + frame.number % 200), sourceLocation: sourceLocation) }
  }
}
