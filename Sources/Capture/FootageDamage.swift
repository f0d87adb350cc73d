internal import Posix

/// What was wrong with footage that could be read all the same.
public final class FootageDamage: Sendable {
  /// Counts and reasons, all at one moment.
  public struct Account: Sendable, Equatable {
    /// Packets and pictures that were damaged and left out.
    public var leftOut = 0
    /// Pictures that were damaged in part, and given as far as they could be decoded.
    public var concealed = 0
    /// Files of a folder that are no pictures.
    public var passedOver = 0
    /// Why the footage ended before its end; nil where it did not.
    public var earlyEnd: String?

    /// A clean account.
    public init() {}
  }

  private let notes = Guarded(Account())

  init() {}

  /// What was noted so far.
  public var account: Account { notes.withLock { $0 } }

  /// Packets and pictures that were damaged and left out.
  public var count: Int { account.leftOut }

  /// Why the footage ended before its end; nil where it did not.
  public var earlyEnd: String? { account.earlyEnd }

  func note(_ account: Account) { notes.withLock { $0 = account } }
}
