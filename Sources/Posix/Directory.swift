internal import CPosix
internal import Glibc

/// Reading and making of folders.
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

  /// Makes the folder `path`, whose parent is there, unless it is there already.
  ///
  /// - Throws: `PosixError` where it cannot be made.
  public static func make(_ path: String) throws(PosixError) {
    guard unsafe mkdir(path, 0o777) != 0, FileIdentity(path: path)?.kind != .directory else { return }
    throw PosixError(call: "make", subject: path)
  }
}
