internal import Glibc
package import Posix

/// A file, pipe or terminal that takes whole lines, each with one `write(2)` wherever the system takes it at once.
///
/// The program must ignore SIGPIPE (and SIGXFSZ), or a closed pipe ends it before it can be told.
package struct LineOutput: ~Copyable {
  /// What errors call it.
  package let name: String
  /// Where it was opened; nil for a descriptor that was handed over.
  private let path: String?
  /// The descriptor that is owned and closed; negative once it is.
  private var descriptor: Int32
  private let isRegular: Bool
  private let isSocket: Bool
  /// Whether to write when there is no room would block: where what was handed over could not be opened anew.
  private let isBlocking: Bool
  /// Whether a file that was there before still holds what it held.
  private var isStale = false
  /// What stands behind the last line's end of what it held and keeps; nil where nothing does.
  private var torn: TornLine?
  private let interrupt: Interrupt?
  /// How long a reader that takes nothing is waited for once the end is asked for.
  private let patience: Duration
  private let say: @Sendable (String) -> Void

  /// Opens `path` for writing, and makes it where it is not.
  ///
  /// What a file held is there until the first line comes: nothing is lost when a run fails before. Where it `appends`
  /// that stays, but for a last line that somebody's death cut short: `say` is told when that is taken away.
  ///
  /// A FIFO without a reader is waited for until `interrupt` is requested.
  ///
  /// - Throws: `OutputError` where it cannot be opened, another run writes it, or no reader came (`isClosedPipe`).
  package init(
    path: String, appends: Bool = false, interrupt: Interrupt? = nil, patience: Duration = ReaderPatience.standard,
    say: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(OutputError) {
    self.init(
      adopting: try Self.open(path, interrupt, waits: true), name: path, path: path, interrupt: interrupt,
      patience: patience, say: say)
    isStale = isRegular && !appends
    torn = isRegular && appends ? TornLine(path: path) : nil
  }

  /// Writes to this program's standard output, which stays open afterwards.
  ///
  /// A pipe or terminal is opened anew, without blocking: to change the mode of the one that was handed to us would
  /// change it for every program that shares it.
  ///
  /// - Throws: `OutputError` where standard output is closed.
  package static func standardOutput(
    interrupt: Interrupt? = nil, patience: Duration = ReaderPatience.standard
  ) throws(OutputError) -> LineOutput {
    try sharing(STDOUT_FILENO, name: "standard output", interrupt: interrupt, patience: patience)
  }

  /// Writes to what `descriptor` stands for; the descriptor itself stays the caller's.
  package static func sharing(
    _ descriptor: Int32, name: String, interrupt: Interrupt?, patience: Duration
  ) throws(OutputError) -> LineOutput {
    // To open it anew would give a right to write that the descriptor does not have.
    let mode = fcntl(descriptor, F_GETFL)
    guard mode >= 0, mode & O_ACCMODE != O_RDONLY else { throw OutputError(name, EBADF) }
    var own: Int32 = -1
    if FileIdentity(descriptor: descriptor)?.kind != .regular {
      own = unsafe Glibc.open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }
    // A socket cannot be opened anew, and a regular file must keep its common position.
    if own < 0 { own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
    guard own >= 0 else { throw OutputError(name, errno) }
    return LineOutput(adopting: own, name: name, interrupt: interrupt, patience: patience)
  }

  private init(
    adopting descriptor: Int32, name: String, path: String? = nil, interrupt: Interrupt?, patience: Duration,
    say: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    let kind = FileIdentity(descriptor: descriptor)?.kind
    // Not by the properties themselves: Swift 6.3 then releases what is not there yet.
    let (isRegular, isSocket) = (kind == .regular, kind == .socket)
    let isBlocking = !isRegular && !isSocket && fcntl(descriptor, F_GETFL) & O_NONBLOCK == 0
    (self.isRegular, self.isSocket, self.isBlocking) = (isRegular, isSocket, isBlocking)
    (self.descriptor, self.name, self.path) = (descriptor, name, path)
    (self.interrupt, self.patience, self.say) = (interrupt, patience, say)
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Writes `line`, all of it.
  ///
  /// - Throws: `OutputError`; a regular file is then cut back to the lines before this one.
  package mutating func write(_ line: borrowing [UInt8]) throws(OutputError) {
    try empty()
    try mend()
    try put(line)
  }

  private func put(_ line: borrowing [UInt8]) throws(OutputError) {
    var written = 0
    var patience = ReaderPatience(interrupt, afterwards: patience)
    while written < line.count {
      if isBlocking, !hasRoom {
        guard patience.waitForRoom(in: descriptor) else {
          throw OutputError(output: name, reason: ReaderPatience.exhaustion)
        }
        continue
      }
      let taken = unsafe line.withUnsafeBytes { bytes in
        let most = isBlocking ? Self.mostAtOnce : line.count
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...].prefix(most))
        // A socket cannot be opened anew without blocking, but written to so.
        return unsafe isSocket
          ? send(descriptor, rest.baseAddress, rest.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
          : Glibc.write(descriptor, rest.baseAddress, rest.count)
      }
      if taken > 0 {
        written += taken
      } else if taken < 0, errno == EINTR {
        continue
      } else if taken < 0, errno == EAGAIN {
        guard patience.waitForRoom(in: descriptor) else {
          throw OutputError(output: name, reason: ReaderPatience.exhaustion)
        }
      } else {
        let failure = OutputError(name, taken < 0 ? errno : EIO, ofFile: isRegular)
        takeBack(written)
        throw failure
      }
    }
  }

  /// As much as a pipe that has room takes without blocking (PIPE_BUF).
  private static let mostAtOnce = 4096

  /// Whether a little may be written without blocking, or an error is waiting.
  private var hasRoom: Bool {
    var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&room, 1, 0) > 0
  }

  /// Goes on in a new file of the same path where the old one was moved away; what stands in it stays.
  ///
  /// - Throws: `OutputError` where it cannot be opened; the old file is then kept.
  package mutating func reopen() throws(OutputError) {
    guard descriptor >= 0, isRegular, let path else { return }
    let own = FileIdentity(descriptor: descriptor)
    guard own == nil || own != FileIdentity(path: path) else { return }
    // A path that leads elsewhere than to a file by now shall not hold up the run.
    let opened = try Self.open(path, nil, waits: false)
    guard FileIdentity(descriptor: opened)?.kind == .regular else {
      Glibc.close(opened)
      throw OutputError(output: path, reason: "is no longer a file")
    }
    Glibc.close(descriptor)
    (descriptor, isStale, torn) = (opened, false, TornLine(path: path))
  }

  /// Closes the output.
  ///
  /// - Throws: `OutputError` where the system only now says that it could not keep what was written.
  package mutating func close() throws(OutputError) {
    guard descriptor >= 0 else { return }
    let closing = descriptor
    descriptor = -1
    guard Glibc.close(closing) == 0 || errno == EINTR else { throw OutputError(name, errno) }
  }

  /// Cuts the last `count` bytes, half a line, off a regular file that ends with them.
  private func takeBack(_ count: Int) {
    guard isRegular, count > 0 else { return }
    var status = stat()
    let end = lseek(descriptor, 0, SEEK_CUR)
    guard unsafe fstat(descriptor, &status) == 0, end == status.st_size, end >= count else { return }
    _ = ftruncate(descriptor, end - count)
    _ = lseek(descriptor, end - count, SEEK_SET)
  }

  /// Opens `path`, to write at its end whoever else writes or cuts it; `waits` for the reader of a FIFO.
  private static func open(_ path: String, _ interrupt: Interrupt?, waits: Bool) throws(OutputError) -> Int32 {
    let mode = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    while true {
      let opened = unsafe Glibc.open(path, mode, 0o666)
      if opened >= 0 {
        if FileClaim.take(opened) { return opened }
        Glibc.close(opened)
        throw OutputError(output: path, reason: FileClaim.refusal)
      }
      if errno == EINTR { continue }
      let code = errno
      guard waits, code == ENXIO, isFIFO(path) else { throw OutputError(path, code) }
      // No event tells that a reader has come.
      var bell = pollfd(fd: interrupt?.bell.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&bell, 1, 20)
      if let interrupt, interrupt.isRequested {
        throw OutputError(output: path, reason: "no reader came", isClosedPipe: true)
      }
    }
  }

  /// Empties a file that was there before, once.
  private mutating func empty() throws(OutputError) {
    guard isStale else { return }
    isStale = false
    guard ftruncate(descriptor, 0) == 0 else { throw OutputError(name, errno) }
  }

  /// Makes a file that is kept end with a line's end, once.
  private mutating func mend() throws(OutputError) {
    switch torn {
    case nil: return
    case .unended: try put([UInt8(ascii: "\n")])
    case .half(let start, let count):
      guard ftruncate(descriptor, start) == 0 else { throw OutputError(name, errno, ofFile: true) }
      say("\(name): its last line was cut short when an earlier run died; its \(count) bytes are taken away")
    }
    torn = nil
  }

  /// Whether `path` names a FIFO.
  private static func isFIFO(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }
}

extension OutputError {
  /// The error of a system call on `output` that failed with `code`.
  init(_ output: String, _ code: Int32, ofFile: Bool = false) {
    self.init(
      output: output, reason: PosixError(call: "write", subject: output, code: code).reason,
      isClosedPipe: code == EPIPE, mayPass: ofFile && [ENOSPC, EDQUOT, EFBIG, EIO].contains(code))
  }
}
