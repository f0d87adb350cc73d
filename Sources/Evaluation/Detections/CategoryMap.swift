package import Scene

/// Which category of a data set each class of a model is.
package struct CategoryMap: Sendable, Equatable {
  /// The category's id by the class's number.
  package private(set) var categories: [Int: Int] = [:]
  /// Names of the model's classes that the data set does not have.
  package private(set) var foreignClasses: [String] = []
  /// Names of the data set's categories that the model does not know.
  package private(set) var unknownCategories: [String] = []
  /// Whether the model names no class, so that its numbers are taken for the categories' ids.
  package let isByNumber: Bool

  /// Matches the classes `numbers`, called `labels`, with `categories`: a class is the category of its number where their
  /// names agree, else the first of its name, case ignored.
  package init(_ numbers: Range<Int>, labels: Labels, categories: [COCOTruth.Category]) {
    isByNumber = !numbers.contains { labels.names[$0] != nil }
    let byID = Dictionary(categories.map { ($0.id, $0.name.lowercased()) }) { first, _ in first }
    let byName = Dictionary(categories.map { ($0.name.lowercased(), $0.id) }) { first, _ in first }
    for number in numbers {
      if isByNumber {
        if byID[number] != nil { self.categories[number] = number }
      } else if let name = labels.names[number] {
        let id = byID[number] == name.lowercased() ? number : byName[name.lowercased()]
        if let id { self.categories[number] = id } else { foreignClasses.append(name) }
      }
    }
    let known = Set(self.categories.values)
    unknownCategories = categories.filter { !known.contains($0.id) }.map(\.name)
  }
}
