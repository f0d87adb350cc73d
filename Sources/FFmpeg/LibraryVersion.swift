internal import CFFmpeg

/// The versions of FFmpeg's libraries that this process runs with.
package enum LibraryVersion {
  /// Returns the versions of libavformat and libavcodec, as `libavformat 59.27.100, libavcodec 59.37.100`.
  ///
  /// - Throws: `MediaError` iff one is missing.
  package static func summary() throws(MediaError) -> String {
    try MediaLibraries.openContainers()
    return "libavformat \(text(avformat_version())), libavcodec \(text(avcodec_version()))"
  }

  private static func text(_ version: UInt32) -> String { "\(version >> 16).\(version >> 8 & 0xFF).\(version & 0xFF)" }
}
