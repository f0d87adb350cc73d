package import Pixels

/// What a video encoder and its container are told.
package struct EncoderSettings: Sendable {
  /// Size of the pictures in pixels; an odd one grows by one column or row, which repeats the last one.
  package var width: Int
  package var height: Int
  /// Pictures a second on average, for the encoder's rate control; nil where that is not known.
  package var frameRate: Double?
  package var sampleAspect: SampleAspect
  /// How the colours are coded.
  package var coding: ColorCoding
  /// Which of the container's encoders is taken.
  package var choice: VideoEncoderChoice
  /// How many threads encode, at least 1.
  package var threads: Int
  /// Whether pictures come at their own pace, perhaps for months: each leaves the encoder at once, a key picture comes
  /// every 2 s, and what is older than a second stands in the file.
  package var isLive: Bool

  package init(
    width: Int, height: Int, frameRate: Double?, sampleAspect: SampleAspect = .square, coding: ColorCoding = .standard,
    choice: VideoEncoderChoice = .best, threads: Int = 1, isLive: Bool = false
  ) {
    (self.width, self.height, self.frameRate, self.sampleAspect) = (width, height, frameRate, sampleAspect)
    (self.coding, self.choice, self.threads, self.isLive) = (coding, choice, threads, isLive)
  }

  /// The size that is encoded: 4:2:0 encoders take even sizes, so that an odd one grows by a column or a row.
  var codedWidth: Int32 { Int32(clamping: width + width % 2) }
  var codedHeight: Int32 { Int32(clamping: height + height % 2) }
}
