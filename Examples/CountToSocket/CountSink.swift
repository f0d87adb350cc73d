import Glibc
import Output
import Scene

/// Tells a Unix datagram socket how many objects are seen, whenever that number changes: `12.4 3`, seconds and count.
///
/// Nobody is waited for: where no one listens, or a listener is too slow, a message is dropped.
struct CountSink: EventSink, ~Copyable {
  private let path: String
  private let socket: Int32
  private var address: sockaddr_un
  private var told: Int?

  /// Opens a socket whose messages go to `path`.
  ///
  /// - Throws: `OutputError` where the path is longer than a socket's may be, or there are no sockets left.
  init(path: String) throws(OutputError) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path) - 1
    guard !path.isEmpty, path.utf8.count <= room else {
      throw OutputError(output: path, reason: "the path of a socket has from 1 to \(room) bytes")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw OutputError(output: path, reason: String(cString: strerror(errno))) }
    (self.path, self.socket, self.address) = (path, socket, address)
  }

  deinit { close(socket) }

  mutating func write(_ report: FrameReport) throws(OutputError) {
    let count = report.objects.count
    guard count != told else { return }
    told = count
    let seconds = Double(report.time.sinceFirst.components.seconds) + report.time.sinceFirst.fraction
    try send("\(seconds) \(count)")
  }

  mutating func finish() throws(OutputError) {}

  /// Sends one message, if somebody takes it at once.
  ///
  /// - Throws: `OutputError` where the path cannot be a listener's.
  private mutating func send(_ message: String) throws(OutputError) {
    let bytes = Array(message.utf8)
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let sent = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        sendto(socket, bytes, bytes.count, Int32(MSG_DONTWAIT), address, length)
      }
    }
    guard sent < 0 else { return }
    let code = errno
    // Nobody is there, or too slow.
    guard ![ENOENT, ECONNREFUSED, EAGAIN].contains(code) else { return }
    throw OutputError(output: path, reason: String(cString: strerror(code)))
  }
}

extension Duration {
  /// What is beyond whole seconds, in seconds.
  fileprivate var fraction: Double { Double(components.attoseconds) / 1e18 }
}
