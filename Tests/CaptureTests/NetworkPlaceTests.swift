import Capture
import Testing

/// Which URLs name live streams.
@Suite struct NetworkPlaceTests {
  @Test(arguments: ["rtsp://h/x", "RTSPS://u:p@h", "rtmp://h/live/k", "srt://h:1?mode=caller", "udp://@239.0.0.1:5004"])
  func streamsAreLiveByTheirScheme(url: String) { #expect(NetworkPlace.isLive(url) && !NetworkPlace.mayBeLive(url)) }

  @Test(arguments: ["http://h/x.mp4", "https://h/live.m3u8"]) func webServersGiveBoth(url: String) {
    #expect(!NetworkPlace.isLive(url) && NetworkPlace.mayBeLive(url))
  }

  @Test func onlyRTSPHasAChoiceOfTransports() {
    #expect(["rtsp://h/x", "RTSPS://h"].allSatisfy(NetworkPlace.isRTSP))
    #expect(!["rtmp://h/x", "http://h", "rtsp", "a.mp4"].contains(where: NetworkPlace.isRTSP))
  }

  @Test(arguments: ["street.mp4", "file:///x", "-", "rtsp", "ftp://h/x", "a/rtsp://h"]) func othersAreNot(path: String)
  {
    #expect(!NetworkPlace.isLive(path) && !NetworkPlace.mayBeLive(path))
  }
}
