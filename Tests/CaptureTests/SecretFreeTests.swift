import Capture
import Testing

/// What is shown of URLs tells no secret.
@Suite struct SecretFreeTests {
  @Test(arguments: [
    ("rtsp://admin:secret@10.0.0.7:554/live", "rtsp://admin@10.0.0.7:554/live"),
    ("rtsp://admin:se@cret@host/x", "rtsp://admin@host/x"), ("rtsp://:secret@host", "rtsp://@host"),
    ("rtsp://admin:sec/ret@host/x", "rtsp://admin@host/x"), ("rtsp://admin:/secret@host/x", "rtsp://admin@host/x"),
    ("rtsp://admin:a#secret?@host/x", "rtsp://admin@host/x"), ("rtsp://a:12secret/@host", "rtsp://a@host"),
    ("rtsp://a:my secret@host/x", "rtsp://a@host/x"),
    ("http://host:8080/a@2x.png", "http://host:8080/a@2x.png"), ("http://[::1]:80/x", "http://[::1]:80/x"),
    ("http://host/cgi?user=a&pwd=secret", "http://host/cgi?…"), ("srt://h:1?passphrase=se cret", "srt://h:1?…"),
    ("http://host/x#secret", "http://host/x?…"), ("udp://@239.0.0.1:1234", "udp://@239.0.0.1:1234"),
    ("concat:http://a:secret@h/1|http://b:secret@h/2", "concat:http://a@h/1|http://b@h/2"),
    ("file:///a b/c?d#e@f", "file:///a b/c?d#e@f"), ("a:b@c", "a:b@c"), ("http://host", "http://host"),
    ("httpproxy://a:secret@p:3128/http://b:secret@h/x", "httpproxy://a@p:3128/http://b@h/x"),
  ]) func namesAreShownWithoutSecrets(path: String, shown: String) {
    #expect(SecretFree.name(of: path) == shown)
    #expect(!SecretFree.line(path).contains("secret"))
  }

  @Test func linesAreShownWithoutTheSecretsOfTheirURLs() {
    #expect(
      SecretFree.line("stream: unknown 'rtsp://a:secret@h/x?pwd=secret' and http://b:secret@i/y; see /tmp/ab?c")
        == "stream: unknown 'rtsp://a@h/x?…' and http://b@i/y; see /tmp/ab?c")
    // Where it cannot be told what is password, rather too much is hidden.
    #expect(SecretFree.line("http://b:secret@i/y is no a@b") == "http://b@b")
    #expect(SecretFree.line("stream: a:b@c: no such file\n?") == "stream: a:b@c: no such file\n?")
    #expect(SecretFree.line("http://host/x: 12 of 13 (10:00): a@b") == "http://host/x: 12 of 13 (10:00): a@b")
  }
}
