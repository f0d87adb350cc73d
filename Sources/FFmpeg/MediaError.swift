internal import CFFmpeg

/// What FFmpeg, or the file it was to work on, said no to.
package struct MediaError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was being done, as in `reading the stream headers`; empty where the reason says enough.
  package let step: String
  /// FFmpeg's (negative) error code; 0 where the reason is ours.
  package let code: Int32
  /// Why, in FFmpeg's words or ours; begins in lower case.
  package let reason: String

  /// An error in FFmpeg's own words for `code` (`av_strerror`).
  package init(_ step: String, code: Int32) {
    (self.step, self.code, reason) = (step, code, MediaError.words(for: code))
  }

  /// An error in our words.
  package init(_ step: String = "", reason: String) { (self.step, code, self.reason) = (step, 0, reason) }

  /// Whether FFmpeg stopped because its interrupt callback told it to.
  package var isInterrupt: Bool { code == stream_error_exit }

  /// Whether a server wants to know who asks.
  package var isUnauthorized: Bool { code == stream_error_unauthorized }

  /// Whether a server says that what is asked for is not to be had, or nothing here knows its protocol.
  package var isRefusal: Bool {
    [stream_error_unauthorized, stream_error_forbidden, stream_error_not_found, stream_error_no_protocol].contains(code)
  }

  /// Whether there was no way to a server, as where its host's name is not known.
  package var isUnreachable: Bool { code == stream_error_io && step.isEmpty }

  /// Whether a stream gave nothing for too long.
  package var isStall: Bool { self == .stall }

  /// What is said of a stream that gives nothing for too long.
  static let stall = MediaError(reason: "gives no picture any more")

  /// Whether what was taken for a stream gave one picture, and that was all.
  package var isSinglePicture: Bool { self == .singlePicture }

  /// What is said of a stream that is one picture.
  static let singlePicture = MediaError(reason: "gave one picture, and no stream")

  /// What is said of a JPEG picture that is not all there, or not what was written.
  static let damagedJPEG = MediaError(reason: "the picture is cut short or damaged")

  /// What is said of a WebP file of several pictures that is not decoded.
  static let animatedWebP = MediaError(reason: "is an animated WebP, which FFmpeg's decoder does not read")

  /// Whether the reader of the pipe that was written to has gone.
  package var isClosedPipe: Bool { code == stream_error_closed_pipe }

  /// One line: the reason, and what was being done.
  package var description: String { step.isEmpty ? reason : "\(reason) (while \(step))" }

  private static func words(for code: Int32) -> String {
    var text = [CChar](repeating: 0, count: Int(AV_ERROR_MAX_STRING_SIZE))
    unsafe av_strerror(code, &text, text.count)
    let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return words.prefix(1).lowercased() + words.dropFirst()
  }
}

/// Returns the result of an FFmpeg call; `step` says what it does, after the word `while`.
///
/// - Throws: `MediaError` iff `result` is negative.
@discardableResult
func check(_ result: Int32, _ step: @autoclosure () -> String = "") throws(MediaError) -> Int32 {
  if result < 0 { throw MediaError(step(), code: result) }
  return result
}

/// Returns what FFmpeg allocated.
///
/// - Throws: `MediaError` iff there was no memory for it.
func allocated<Pointer>(_ pointer: Pointer?) throws(MediaError) -> Pointer {
  guard let pointer else { throw MediaError("", code: stream_error_no_memory) }
  return pointer
}
