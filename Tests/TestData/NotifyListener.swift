import Glibc

/// A service manager's end of the datagrams that a program tells of itself: what `NOTIFY_SOCKET` names.
public final class NotifyListener {
  private let descriptor: Int32

  /// Listens at `name`, a path, or `@…` in the abstract namespace; nil where that cannot be.
  public init?(_ name: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    let room = MemoryLayout.size(ofValue: address.sun_path)
    var bytes = Array(name.utf8)
    guard descriptor >= 0, bytes.count < room else { return nil }
    if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size - room + bytes.count)
    let bound = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard bound == 0 else { return nil }
  }

  deinit { close(descriptor) }

  /// Returns the next datagram, waited for so many seconds; nil where none came.
  public func next(within seconds: Double) -> String? {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, Int32(seconds * 1000)) > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
  }
}
