internal import Arguments
internal import Scene

/// Turns the names and numbers of `--classes` into class numbers.
enum ClassSelection {
  /// Returns the classes of `wanted`; nil where it is empty, for all classes.
  ///
  /// - Parameter numbers: of the model's classes.
  /// - Throws: `UsageError` for a name that `labels` do not have, with the nearest they have, and for a number of no class.
  static func classes(
    _ wanted: [String], of labels: Labels, numbers: Range<Int>
  ) throws(UsageError) -> Set<Int>? {
    if wanted.isEmpty { return nil }
    var classes: Set<Int> = []
    for name in wanted {
      if let number = labels.classID(named: name) ?? Int(name).flatMap({ numbers.contains($0) ? $0 : nil }) {
        classes.insert(number)
      } else {
        throw .impossibleValue(
          subject: "--classes", text: name, expected: "a class of this model",
          nearest: nearest(to: name, in: labels.names.values))
      }
    }
    return classes
  }
}
