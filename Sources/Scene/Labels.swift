/// The names of a model's classes.
public struct Labels: Sendable, Equatable {
  /// Class number → text.
  public let names: [Int: String]

  public init(_ names: [Int: String] = [:]) { self.names = names }

  /// Returns the text of a class; its number as text where the model names none.
  public func name(of classID: Int) -> String { names[classID] ?? String(classID) }

  /// Returns the class that is called `name`, case ignored; nil where there is none.
  public func classID(named name: String) -> Int? {
    let wanted = name.lowercased()
    return names.filter { $0.value.lowercased() == wanted }.keys.min()
  }
}
