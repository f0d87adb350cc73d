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

  /// What the muxer is told beyond its defaults.
  ///
  /// MP4 is written in fragments of 2 s, each with its own index: what stands in the file plays, whatever becomes of its
  /// end, a full disk or a process that was killed. Matroska is made like that anyway.
  var options: [(key: String, value: String)] {
    switch self {
    case .mp4: [("movflags", "frag_keyframe+delay_moov+default_base_moof"), ("frag_duration", "2000000")]
    case .mkv, .webm: []
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
