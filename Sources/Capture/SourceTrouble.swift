internal import Posix
internal import Scene
internal import Synchronization

/// What went wrong in a source without ending it, counted by cause; may be read while another thread reads frames.
public final class SourceTrouble: Sendable {
  /// Why a picture is missing, or not what it should be.
  public enum Cause: Sendable, CaseIterable {
    /// A file among pictures that is none.
    case passedOver
    /// A number among those of numbered pictures that no picture has.
    case numberWithout
    /// Footage: a packet or picture that was damaged and left out.
    case leftOut
    /// Footage: a picture that was damaged in part, and given as far as it could be decoded.
    case concealed
    /// Live: a picture that never reached us, by the numbers that the driver gives them.
    case missing
    /// Live: a picture that the driver itself called damaged.
    case flagged
    /// Live: a picture that was cut short.
    case truncated
    /// Live: a compressed picture of which the decoder can make nothing.
    case undecodable
    /// Live: a picture made of others that were lost.
    case corrupt
    /// Live: a time that cannot be, of a clock that was set or that wrapped.
    case clockJump
    /// Live: no picture came for too long.
    case stalled
    /// Live: the driver reported an error, and the stream was started anew.
    case failed
    /// Live: the source went away.
    case disconnected

    /// What one is called, and several.
    fileprivate var names: (one: String, many: String) {
      switch self {
      case .passedOver: ("file that is no picture was passed over", "files that are no pictures were passed over")
      case .numberWithout:
        ("number has no picture, and its time passes", "numbers have no picture, and their time passes")
      case .leftOut: ("damaged packet or picture was left out", "damaged packets or pictures were left out")
      case .concealed: ("picture is damaged in part", "pictures are damaged in part")
      case .missing: ("picture never came", "pictures never came")
      case .flagged: ("picture was damaged by the driver's word", "pictures were damaged by the driver's word")
      case .truncated: ("picture was cut short", "pictures were cut short")
      case .undecodable: ("picture could not be decoded", "pictures could not be decoded")
      case .corrupt: ("picture refers to lost ones", "pictures refer to lost ones")
      case .clockJump: ("time was out of order", "times were out of order")
      case .stalled: ("time no picture came for long", "times no picture came for long")
      case .failed: ("time the driver failed", "times the driver failed")
      case .disconnected: ("time the source went away", "times the source went away")
      }
    }
  }

  /// A picture's file that was left out, and why.
  public struct LeftOut: Sendable, Equatable {
    /// The file's name in its folder.
    public let name: String
    public let reason: String

    package init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }
  }

  /// Counts and reasons, all at one moment.
  public struct Account: Sendable, Equatable {
    /// Of what happened: empty while nothing did, so that a sound source's account costs no memory for each frame.
    private var counts: [Cause: Int] = [:]
    /// Why the footage ended before its end; nil where it did not.
    public var earlyEnd: String?
    /// Pictures in files: the first that was left out; nil where none was.
    public var firstLeftOut: LeftOut?
    /// Numbered pictures: the lowest number that none has; nil where they have all.
    public var firstNumberWithout: Int?

    /// A clean account.
    public init() {}

    /// An account of so many events of one cause.
    package init(_ cause: Cause, _ count: Int) {
      self.init()
      self[cause] = count
    }

    /// How often it happened.
    public subscript(cause: Cause) -> Int {
      get { counts[cause] ?? 0 }
      set { counts[cause] = newValue == 0 ? nil : newValue }
    }

    /// Returns both together; the early end and what was missing first are those of `one`, else those of `other`.
    static func + (one: Account, other: Account) -> Account {
      var sum = one
      for (cause, count) in other.counts { sum[cause] += count }
      sum.earlyEnd = one.earlyEnd ?? other.earlyEnd
      sum.firstLeftOut = one.firstLeftOut ?? other.firstLeftOut
      sum.firstNumberWithout = one.firstNumberWithout ?? other.firstNumberWithout
      return sum
    }

    /// All of it in one line; nil where nothing went wrong.
    public var summary: String? {
      var parts = Cause.allCases.filter { self[$0] > 0 }.map { cause in
        self[cause].counted(cause.names.one, cause.names.many) + detail(of: cause)
      }
      if let earlyEnd { parts.append("it ended early: \(earlyEnd)") }
      return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Returns what stands behind the count of `cause`, which of the files or numbers it was.
    private func detail(of cause: Cause) -> String {
      let first: String? =
        switch cause {
        case .leftOut: firstLeftOut.map { "\($0.name): \($0.reason)" }
        case .numberWithout: firstNumberWithout.map { String($0) }
        default: nil
        }
      return first.map { " (\(self[cause] == 1 ? "" : "the first: ")\($0))" } ?? ""
    }
  }

  private let notes = Guarded(Account())
  private let pulse = Atomic<Int>(0)

  /// No trouble yet.
  public init() {}

  /// What was noted so far.
  public var account: Account { notes.withLock { $0 } }

  /// How often the source came back from a wait in which no frame came: it rises while a source that is away is waited
  /// for, so that it is not taken for one that hangs.
  public var beats: Int { pulse.load(ordering: .relaxed) }

  /// Notes that a wait ended.
  func beat() { pulse.wrappingAdd(1, ordering: .relaxed) }

  /// Counts what happened once more.
  package func count(_ cause: Cause, by count: Int = 1) { notes.withLock { $0[cause] += count } }

  /// Notes an account that was kept elsewhere, in place of all before.
  func note(_ account: Account) { notes.withLock { $0 = account } }
}
