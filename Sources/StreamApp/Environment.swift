internal import Glibc

/// The words of the process's environment that `stream` listens to: read here and nowhere else.
struct Environment: Sendable {
  /// Returns the value of a variable; nil where it is unset or empty.
  let value: @Sendable (String) -> String?

  /// The environment of this process.
  static let process = Environment { name in
    guard let text = unsafe getenv(name) else { return nil }
    let value = unsafe String(cString: text)
    return value.isEmpty ? nil : value
  }

  /// One in which nothing is set.
  static let empty = Environment { _ in nil }

  /// Model to use where `--model` is not given: `STREAM_MODEL`.
  var model: String? { value("STREAM_MODEL") }

  /// Instruction set of the kernels: `STREAM_ISA`, one of `reference`, `baseline`, `avx2`, `avx512`.
  var instructionSet: String? { value("STREAM_ISA") }

  /// The user's data folder of the XDG base directory specification.
  var dataHome: String { value("XDG_DATA_HOME") ?? "\(home)/.local/share" }

  /// The least time that a detection takes, `STREAM_SLOW_DETECTOR=100ms`: tests of the live path slow it down so.
  var slowness: Duration {
    guard let text = value("STREAM_SLOW_DETECTOR"), text.hasSuffix("ms"), let count = Int(text.dropLast(2)),
      (0...10_000).contains(count)
    else { return .zero }
    return .milliseconds(count)
  }

  /// The socket on which the service manager that started us wants to hear of us: `NOTIFY_SOCKET`.
  var notifySocket: String? { value("NOTIFY_SOCKET") }

  /// How often the service manager wants a sign of life: `WATCHDOG_USEC` microseconds, where `WATCHDOG_PID` is us or
  /// nobody.
  var watchdogInterval: Duration? {
    if let process = value("WATCHDOG_PID"), process != String(getpid()) { return nil }
    guard let text = value("WATCHDOG_USEC"), let count = Int64(text), count > 0 else { return nil }
    return .microseconds(count)
  }

  private var home: String { value("HOME") ?? "." }
}
