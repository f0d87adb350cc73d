internal import CFFmpeg

/// The containers that video is written to, by the extension of the file.
package enum VideoContainer: String, CaseIterable, Sendable {
  case mp4, mkv, webm

  /// The container that `path` asks for; nil for an extension that is none of ours.
  package init?(path: String) {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }

  /// FFmpeg's name of the muxer.
  var muxer: String {
    switch self {
    case .mp4: "mp4"
    case .mkv: "matroska"
    case .webm: "webm"
    }
  }

  /// Ticks a second of its timestamps: what Matroska can hold, and for MP4 what the usual rates divide.
  var ticks: Int32 { self == .mp4 ? 60_000 : 1000 }

  /// The encoders to try, best first.
  var encoders: [String] {
    switch self {
    case .mp4, .mkv: ["libx264", "mpeg4"]
    case .webm: ["libvpx-vp9", "libvpx"]
    }
  }
}

/// Which of a container's encoders is taken.
public enum VideoEncoderChoice: Sendable {
  /// The first that libavcodec has: H.264 for mp4 and mkv, VP9 for webm.
  case best
  /// The last: MPEG-4 part 2 for mp4 and mkv, VP8 for webm.
  case fallback
}
