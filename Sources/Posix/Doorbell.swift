internal import CPosix
internal import Glibc

/// Wakes one thread that waits by poll(2), as often as it is rung; rings before it looks merge into one.
@safe
package final class Doorbell: Sendable {
  /// The eventfd, readable once rung and until `silence`; -1 where the system had none left, and time alone must wake.
  package let descriptor: Int32

  package init() { descriptor = eventfd(0, stream_eventfd_flags) }
  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Wakes who waits, or will.
  package func ring() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor, &one, 8)
  }

  /// Takes back the rings so far: to be called before one looks at what they told of.
  package func silence() {
    var count: UInt64 = 0
    _ = unsafe read(descriptor, &count, 8)
  }
}
