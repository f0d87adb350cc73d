internal import FFmpeg

/// Tells which of a camera's JPEG pictures were cut short.
///
/// A few cameras write no end markers at all. Where the first pictures have none, the decoder alone judges, until one
/// has.
package struct JPEGEnds: Sendable {
  private var hasEnds = false
  private var missingCount = 0

  /// After so many pictures without an end marker the camera is believed to write none.
  package static let patience = 8

  package init() {}

  /// Whether the picture in `bytes` was cut short, as far as can be told without decoding it.
  package mutating func isCutShort(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if unsafe JPEGScans.areEnded(in: bytes) {
      hasEnds = true
      return false
    }
    missingCount = min(missingCount + 1, Self.patience + 1)
    return hasEnds || missingCount <= Self.patience
  }
}
