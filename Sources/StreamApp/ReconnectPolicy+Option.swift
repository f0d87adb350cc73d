internal import Arguments
internal import Capture

extension ValueKind where Value == ReconnectPolicy {
  /// Seconds from 0.1 to a day's, or `never`.
  static var reconnecting: Self {
    let seconds = ValueKind<Double>.decimal(0.1...86_400)
    return Self(expected: "\(seconds.expected), or never", completion: .words(["never"])) { text in
      text == "never" ? .never : seconds.read(text).map { .every(.seconds($0)) }
    }
  }
}
