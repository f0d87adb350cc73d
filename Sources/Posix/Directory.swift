internal import CPosix
internal import Glibc

/// Reading of folders.
public enum Directory {
  /// Returns the names in `folder` in no order, without `.` and `..`.
  ///
  /// - Throws: `PosixError` where it cannot be opened.
  public static func entries(of folder: String) throws(PosixError) -> [String] {
    guard let stream = unsafe opendir(folder) else { throw PosixError(call: "open", subject: folder) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
