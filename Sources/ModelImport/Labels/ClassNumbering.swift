internal import Model
internal import Scene

extension DetectionModel {
  /// Numbers the classes as their list of labels says, where the model leaves it to that list: from 1 where it begins
  /// with the background, else from 0.
  mutating func numberClasses(behindBackground: Bool) {
    guard numbersFollowLabels else { return }
    head.classOffset = (head.backgroundColumn == 0 ? -1 : 0) + (behindBackground ? 1 : 0)
  }
}

extension LabelFile {
  /// Whether a list of labels begins with the background: `???`.
  static func beginsWithBackground(_ text: String) -> Bool { text.hasPrefix("???") }
}

extension KnownLabels {
  /// Returns the labels of a model whose file names no classes, and the data set's name; nil where no data set fits.
  ///
  /// A model that leaves its numbers to a list of labels takes those of the data set.
  static func labels(for model: inout DetectionModel) -> (labels: Labels, name: String)? {
    var numbered = model
    numbered.numberClasses(behindBackground: true)
    guard let found = labels(for: numbered.head) else { return nil }
    model = numbered
    return found
  }
}
