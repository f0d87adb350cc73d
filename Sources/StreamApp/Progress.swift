internal import Dispatch
internal import Posix
internal import Scene

/// The line on a terminal that tells how far a run is, a few times a second.
final class Progress {
  private let timer: (any DispatchSourceTimer)?

  /// - Parameters:
  ///   - total: how many there will be, where that is known.
  ///   - unit: what one of them is called.
  ///   - isShown: false shows nothing at all.
  ///   - counts: tells how many are done, and how many were dropped.
  init(
    total: Int?, unit: String = "frame", isShown: Bool, counts: @escaping @Sendable () -> (done: Int, dropped: Int)
  ) {
    guard isShown else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "progress"))
    let start = monotonicNow()
    timer.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
    timer.setEventHandler {
      let (done, dropped) = counts()
      let line = Self.line(
        done: done, dropped: dropped, of: total, unit: unit, seconds: (monotonicNow() - start) / .seconds(1))
      Terminal.show("\(Terminal.clearLine)\(String(line.prefix(max(Terminal.columns - 1, 1))))")
    }
    timer.activate()
    self.timer = timer
  }

  /// Clears the line; what is printed afterwards begins where it stood.
  func end() {
    guard let timer, !timer.isCancelled else { return }
    timer.end()
    Terminal.show(Terminal.clearLine)
  }

  /// Returns the line for so many `done` after `seconds`; with a bar where it is known how many there will be.
  static func line(done: Int, dropped: Int, of total: Int?, unit: String = "frame", seconds: Double) -> String {
    let rate = seconds > 0 ? Double(done) / seconds : 0
    var parts = [done.counted(unit), "\(decimal(rate, 1)) fps"]
    if dropped > 0 { parts.append("\(dropped) dropped") }
    guard let total, total > 0 else { return parts.joined(separator: ", ") }
    let share = min(Double(done) / Double(total), 1)
    let filled = Int(share * 20)
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: 20 - filled)
    if rate > 0 { parts.append("\(clock(Double(max(total - done, 0)) / rate)) left") }
    return "[\(bar)] \(Int(share * 100)) %  \(parts.joined(separator: ", "))"
  }

  /// `1:02:03` or `2:03`.
  private static func clock(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(.up), 1e9))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }
}
