internal import Arguments

extension Values {
  /// Refuses `options`, which have no effect beside what else was given: `reason` says why, behind the option's name.
  ///
  /// - Throws: `UsageError` where one of them was given.
  func refuse(_ options: [any Declaration], _ reason: String) throws(UsageError) {
    if let option = options.first(where: { has($0.name) }) { throw .rule("--\(option.name) \(reason)") }
  }
}
