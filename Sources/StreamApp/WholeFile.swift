internal import Posix

/// The content of files that are read whole.
enum WholeFile {
  /// - Throws: `AppError` that names the file.
  static func bytes(of path: String) throws(AppError) -> [UInt8] {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch {
      throw AppError("\(path): \(error.reason)")
    }
    return unsafe [UInt8](file.bytes)
  }

  /// Returns the content as text, without what is no UTF-8.
  ///
  /// - Throws: `AppError` that names the file.
  static func text(of path: String) throws(AppError) -> String {
    String(decoding: try bytes(of: path), as: UTF8.self)
  }
}
