public import Pixels

/// Where frames come from.
///
/// Not `Sendable`: a source is opened, handed over (`sending any FrameSource & ~Copyable`) and then owned by one stage.
public protocol FrameSource: ~Copyable {
  var info: SourceInfo { get }
  /// What went wrong without ending the source; may be read while another thread reads frames.
  var trouble: SourceTrouble { get }

  /// Returns the next frame, waiting for it; nil at the end of the footage or when interrupted.
  ///
  /// - Throws: `CaptureError` where the source fails for good.
  mutating func next() throws(CaptureError) -> Frame?
}

/// What is known of a source once it is open.
public struct SourceInfo: Sendable {
  /// Path or URL without its password.
  public var name: String
  /// Whether pictures come at their own pace and are lost when nobody takes them.
  public var isLive: Bool
  /// Size in pixels of the first picture as it is shown; nil where there was none yet: a live source that is waited for,
  /// or one whose opening was interrupted.
  public var width: Int?
  public var height: Int?
  /// How the colours of the first picture are coded.
  public var coding: ColorCoding
  /// The files that are read, which no output may be.
  public var files: [String]
  /// Average pictures a second, where known.
  public var frameRate: Double?
  /// Number of frames of footage, where the container tells or its length allows an estimate.
  public var frameCount: Int?
  /// The shape of a sample.
  public var sampleAspect: SampleAspect

  public init(
    name: String, isLive: Bool, width: Int? = nil, height: Int? = nil, frameRate: Double? = nil, frameCount: Int? = nil,
    sampleAspect: SampleAspect = .square, coding: ColorCoding = .standard, files: [String] = []
  ) {
    (self.name, self.isLive, self.width, self.height) = (name, isLive, width, height)
    (self.frameRate, self.frameCount, self.sampleAspect) = (frameRate, frameCount, sampleAspect)
    (self.coding, self.files) = (coding, files)
  }

  /// Takes size and colours from the first frame.
  mutating func describe(_ frame: borrowing Frame) {
    (width, height, coding) = (frame.width, frame.height, frame.coding)
  }
}

/// Why a source gives no (more) frames.
public struct CaptureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The source's name, without its password.
  public let source: String
  public let reason: String
  /// Whether to try again would not help: what was asked for cannot be.
  public let isFinal: Bool
  /// Whether the source gave the one picture that it has, and has another when it is opened again: no failure.
  public let isSnapshot: Bool

  public init(source: String, reason: String, isFinal: Bool = false, isSnapshot: Bool = false) {
    (self.source, self.reason, self.isFinal, self.isSnapshot) = (source, reason, isFinal, isSnapshot)
  }

  /// One line: source and reason.
  public var description: String { "\(source): \(reason)" }
}
