/// Why a command cannot be carried out, in one line.
struct AppError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
