/// Which URLs name live streams.
public enum NetworkPlace {
  private static let liveSchemes: Set<String> = [
    "rtsp", "rtsps", "rtmp", "rtmps", "rtmpe", "rtmpt", "rtmpte", "rtmpts", "srt", "rist", "udp", "rtp", "srtp", "tcp",
  ]

  /// Whether what `path` names is live whatever it is: by its scheme.
  public static func isLive(_ path: String) -> Bool { scheme(of: path).map(liveSchemes.contains) ?? false }

  /// Whether only what is there tells: a web server gives live streams and files.
  public static func mayBeLive(_ path: String) -> Bool { ["http", "https"].contains(scheme(of: path)) }

  /// Whether `path` names a stream of an RTSP server, which has a choice of transports.
  public static func isRTSP(_ path: String) -> Bool { scheme(of: path).map(rtspSchemes.contains) ?? false }

  /// The schemes of RTSP.
  static let rtspSchemes: Set<String> = ["rtsp", "rtsps"]

  /// Returns the scheme of a URL in lower case; nil where `path` is none.
  static func scheme(of path: String) -> String? {
    path.firstRange(of: "://").map { path[..<$0.lowerBound].lowercased() }
  }
}

/// How RTSP servers shall send their pictures.
public enum RTSPTransport: String, Sendable, CaseIterable {
  /// In order and whole; after a loss late.
  case tcp
  /// At once; what is lost is missing.
  case udp
}

/// How a live stream is opened and read.
public struct LiveStreamSettings: Sendable, Equatable {
  /// How long opening may take, and how long no picture may come; of what comes in segments (HLS) three times as long.
  public var patience: Duration
  public var transport: RTSPTransport
  /// Whether pictures made of lost ones are given too.
  public var keepsCorrupt: Bool

  public init(
    patience: Duration = defaultPatience, transport: RTSPTransport = .tcp, keepsCorrupt: Bool = false
  ) { (self.patience, self.transport, self.keepsCorrupt) = (patience, transport, keepsCorrupt) }

  /// The patience unless told otherwise.
  public static let defaultPatience: Duration = .seconds(10)

  /// What FFmpeg is told beside the URL of `scheme`.
  func options(scheme: String?) -> [String: String] {
    // How long it looks at packets before the first is given, and how long it waits for those out of order, in µs.
    var options = ["analyzeduration": "2000000", "fpsprobesize": "4", "max_delay": "200000"]
    switch scheme {
    case let scheme? where NetworkPlace.rtspSchemes.contains(scheme):
      options["rtsp_transport"] = transport.rawValue
      options["allowed_media_types"] = "video"
      options["buffer_size"] = "1048576"
    case "udp", "rtp":
      // A reader that was stopped for a while goes on.
      (options["overrun_nonfatal"], options["buffer_size"]) = ("1", "1048576")
    case "http", "https": options["live_start_index"] = "-1"
    case let scheme? where scheme.hasPrefix("rtmp"): options["rtmp_live"] = "live"
    default: break
    }
    return options
  }
}
