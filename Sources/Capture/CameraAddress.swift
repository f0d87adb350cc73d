internal import Glibc
internal import Posix

/// Where a camera is found, also when it came back under another number.
///
/// The kernel numbers video devices in the order in which they are plugged in: what was `/dev/video0` may return as
/// `/dev/video2`, and another camera be `/dev/video0` by then. udev keeps a link to each by its maker, model and serial
/// number; the one that led to the camera while it was open is remembered, and from then on it alone is followed. A
/// path that is a link itself is followed as it is.
public final class CameraAddress: Sendable {
  /// What was given, by which messages call the camera.
  public let path: String
  private let folder: String
  private let link = Guarded<String?>(nil)

  /// The address of the camera at `path`: `/dev/video0`, or one of udev's links.
  public convenience init(path: String) { self.init(path: path, links: "/dev/v4l/by-id") }

  /// - Parameter folder: where udev's links are.
  package init(path: String, links folder: String) { (self.path, self.folder) = (path, folder) }

  /// The path to open now.
  package var node: String { link.withLock { $0 } ?? path }

  /// Whether there is anything to open.
  public var isThere: Bool { FileIdentity(path: node) != nil }

  /// Looks for the link that leads to the camera; called while it is open, so that it is this camera's.
  package func remember() {
    guard link.withLock({ $0 == nil }), !Self.isLink(path), let identity = FileIdentity(path: path),
      let names = try? Directory.entries(of: folder)
    else { return }
    // Of several the first by name, so that it is the same each time.
    let found = names.sorted().lazy.map { [folder] in "\(folder)/\($0)" }
      .first { FileIdentity(path: $0) == identity }
    link.withLock { $0 = found }
  }

  /// Whether `path` leads to a video device, by the kernel's number of such.
  package static func isVideoDevice(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return false }
    // What major(3) gives, a macro: of numbers below 4096 it is in these bits.
    return status.st_rdev >> 8 & 0xFFF == 81
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
