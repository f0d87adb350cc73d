internal import CFFmpeg

/// The versions of FFmpeg's libraries that this process runs with.
public enum LibraryVersion {
  public static var format: String { text(avformat_version()) }
  public static var codec: String { text(avcodec_version()) }

  private static func text(_ version: UInt32) -> String { "\(version >> 16).\(version >> 8 & 0xFF).\(version & 0xFF)" }
}
