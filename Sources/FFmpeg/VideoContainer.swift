internal import CFFmpeg
internal import Posix

/// The containers that video is written to, by the extension of the file.
package enum VideoContainer: String, CaseIterable, Sendable {
  case mp4, mkv, webm

  /// The container that `path` asks for; nil for an extension that is none of ours.
  package init?(path: String) {
    guard !path.hasSuffix("/") else { return nil }
    self.init(rawValue: PathParts(path).ending.dropFirst().lowercased())
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
  /// MP4 is written in fragments, each with its own index: what stands in the file plays, whatever becomes of its end, a
  /// full disk or a process that was killed. Matroska is made like that anyway, in clusters. Live, both close after a
  /// second, and what is closed is written at once.
  func options(isLive: Bool) -> [(key: String, value: String)] {
    let flush = isLive ? [("flush_packets", "1")] : []
    switch self {
    case .mp4:
      return flush + [
        ("movflags", "frag_keyframe+delay_moov+default_base_moof"), ("frag_duration", isLive ? "1000000" : "2000000"),
      ]
    case .mkv, .webm: return flush + (isLive ? [("cluster_time_limit", "1000")] : [])
    }
  }

  /// Ticks a second of the timestamps that `encoder` makes for it.
  ///
  /// Matroska holds milliseconds; for MP4 what all usual rates divide, 24000/1001 included, or half of it where the
  /// encoder counts in 16 bits.
  func ticks(for encoder: String) -> Int32 {
    guard self == .mp4 else { return 1000 }
    return encoder == "mpeg4" ? 60_000 : 120_000
  }

  /// The longest step between two pictures: MP4 keeps durations in 32 bits, and libavformat in 31 of them.
  package var longestStep: Duration? { self == .mp4 ? .seconds(4 * 3600) : nil }

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
