internal import CFFmpeg
internal import Dispatch

/// FFmpeg's libraries, which are opened when they are needed: it takes longer than all else that a start takes.
///
/// What calls FFmpeg first opens them first: its calls cannot tell that a library is missing.
package enum MediaLibraries {
  /// Has all of them opened on a thread of its own, to be there when they are needed.
  package static func openAhead() { DispatchQueue.global().async { _ = containers } }

  /// Opens those of decoders, encoders and conversion.
  ///
  /// - Throws: `MediaError` iff one is missing.
  static func openCodecs() throws(MediaError) { if let codecs { throw codecs } }

  /// Opens all of them, those of containers and protocols too.
  ///
  /// - Throws: `MediaError` iff one is missing.
  static func openContainers() throws(MediaError) { if let containers { throw containers } }

  /// What is missing. FFmpeg's own log, which would go to standard error, is off from then on: errors come as
  /// `MediaError`, and what it says of lost pictures is counted (`Decoder.missesReferences`).
  private static let codecs: MediaError? = {
    if let error = unsafe missing(stream_open_codecs()) { return error }
    stream_watch_log()
    return nil
  }()

  private static let containers: MediaError? = unsafe codecs ?? missing(stream_open_containers())

  private static func missing(_ words: UnsafePointer<CChar>?) -> MediaError? {
    unsafe words.map { unsafe MediaError(reason: "FFmpeg cannot be loaded: \(String(cString: $0))") }
  }
}
