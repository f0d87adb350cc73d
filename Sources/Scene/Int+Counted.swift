extension Int {
  /// Returns the number with what it counts: `0 pictures`, `1 picture`, `2 pictures`.
  ///
  /// - Parameter many: what several are called, where an `s` behind `one` does not make it.
  package func counted(_ one: String, _ many: String? = nil) -> String {
    "\(self) \(self == 1 ? one : many ?? "\(one)s")"
  }
}
