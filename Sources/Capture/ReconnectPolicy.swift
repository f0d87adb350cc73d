/// What becomes of a live source that goes away.
public enum ReconnectPolicy: Sendable, Equatable {
  /// Its failure ends the source.
  case never
  /// It is tried again for ever, at first after 1 s, then after twice the wait before, up to 30 s; each wait is up to a
  /// quarter shorter or longer by chance, so that many clients of one server do not come at the same moment.
  case backingOff
  /// It is tried again for ever, after so long each time.
  case every(Duration)

  /// Whether it is tried at a pace of its own.
  public var isRegular: Bool {
    guard case .every = self else { return false }
    return true
  }

  /// The first wait of `backingOff`, and the longest.
  static let waits = (first: Duration.seconds(1), longest: Duration.seconds(30))

  /// Returns the wait before try `number`, counted from 0; nil where there is none.
  ///
  /// `chance` is from 0 to 1.
  package func wait(beforeTry number: Int, chance: Double) -> Duration? {
    switch self {
    case .never: return nil
    case .every(let wait): return wait
    case .backingOff:
      let (first, longest) = Self.waits
      let wait = number < 5 ? min(first * (1 << max(number, 0)), longest) : longest
      return wait * (0.75 + 0.5 * min(max(chance, 0), 1))
    }
  }
}
