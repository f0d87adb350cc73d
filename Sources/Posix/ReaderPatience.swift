internal import Glibc

/// How long a writer waits for a reader that takes nothing: without end, and once the end is asked for a little more.
///
/// For one piece of output, a line or a block: the next one gets a patience of its own.
package struct ReaderPatience {
  /// What a writer says when it has run out.
  package static let exhaustion = "its reader takes no more"
  /// How much more, unless told otherwise.
  package static let standard: Duration = .seconds(2)

  private let interrupt: Interrupt?
  private let afterwards: Duration
  /// When it runs out, on the monotonic clock; nil while nobody has asked for the end.
  private var deadline: Duration?

  /// - Parameters:
  ///   - interrupt: asks for the end; nil where nobody will.
  ///   - afterwards: how long is waited from then on.
  package init(_ interrupt: Interrupt?, afterwards: Duration = standard) {
    (self.interrupt, self.afterwards) = (interrupt, afterwards)
  }

  /// Waits until `descriptor` may take more, so that the write is worth another try; false when patience has run out.
  package mutating func waitForRoom(in descriptor: Int32) -> Bool {
    var waits = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
    var timeout: Int32 = -1
    if let interrupt, interrupt.isRequested {
      let now = monotonicNow()
      let end = deadline ?? now + afterwards
      deadline = end
      guard now < end else { return false }
      timeout = Int32(clamping: Int64((end - now) / .milliseconds(1))) + 1
    } else if let bell = interrupt?.bell.descriptor {
      waits.append(pollfd(fd: bell, events: Int16(POLLIN), revents: 0))
      if bell < 0 { timeout = 50 }  // without an eventfd the flag must be looked at
    }
    _ = unsafe poll(&waits, UInt(waits.count), timeout)
    return true
  }
}
