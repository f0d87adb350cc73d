internal import CPosix
internal import Glibc

/// Where the service manager that started this process, systemd or one that speaks its protocol, wants to hear of it:
/// datagrams of `NAME=value` lines to the socket that `NOTIFY_SOCKET` names (sd_notify(3)).
@safe
public struct NotifySocket: ~Copyable, Sendable {
  private let socket: Descriptor
  private let address: sockaddr_un
  private let addressLength: socklen_t

  /// Nil where `path` is no socket's name: it begins with `/`, or with `@` for the abstract namespace.
  public init?(_ path: String) {
    let name = Array(path.utf8)
    var address = sockaddr_un()
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard name.first == UInt8(ascii: "/") || name.first == UInt8(ascii: "@"), name.count > 1, name.count < room else {
      return nil
    }
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
      unsafe bytes.copyBytes(from: name)
      // An abstract name begins with a zero, and ends where the address does.
      if name[0] == UInt8(ascii: "@") { unsafe bytes[0] = 0 }
    }
    let opened = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard opened >= 0 else { return nil }
    socket = Descriptor(owning: opened)
    self.address = address
    addressLength = socklen_t(MemoryLayout<sockaddr_un>.size - room + name.count)
  }

  /// Tells it `state`, lines such as `READY=1`. Who does not take it at once is not waited for: the next one comes soon.
  public func tell(_ state: String) {
    let bytes = Array(state.utf8)
    unsafe withUnsafePointer(to: address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = unsafe sendto(
          socket.number, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL), address, addressLength)
      }
    }
  }
}
