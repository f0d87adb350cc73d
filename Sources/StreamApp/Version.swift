internal import FFmpeg
internal import Kernels

/// What this program is.
enum Version {
  static let number = "0.1.0"

  /// The day of this version.
  static let date = "2026-11-25"

  /// The instruction set that this processor gets, and FFmpeg's version.
  static var build: String {
    do { return "\(KernelSet.fastest.name); \(try LibraryVersion.summary())" } catch {
      return "\(KernelSet.fastest.name); \(error)"
    }
  }
}
