internal import FFmpeg
internal import Kernels

/// What this program is.
enum Version {
  static let number = "0.1.0"

  /// Name, version, the instruction set that this processor gets, and FFmpeg's version.
  static var line: String {
    "\(number) (\(KernelSet.fastest.name); libavformat \(LibraryVersion.format), libavcodec \(LibraryVersion.codec))"
  }
}
