internal import CV4L2
internal import Glibc

/// The video devices of this machine.
public struct CameraList: Sendable {
  /// One video device.
  public struct Entry: Sendable, Equatable {
    /// Its node: `/dev/video0`.
    public let path: String
    /// What the driver calls it; empty where it cannot be opened.
    public let name: String
    /// Whether it gives pictures. One camera may have several nodes, of which one does.
    public let isCamera: Bool
    /// Why it could not be asked; nil where it was.
    public let problem: String?
    /// What it gives, and what can be turned; empty unless it is a camera.
    public let offers: [CameraOffer]
    public let controls: [CameraControl]
  }

  /// The devices by number.
  public let entries: [Entry]

  /// Asks every video device what it is; none is disturbed that another program uses.
  public init() {
    // The kernel numbers them from 0 and has at most 256.
    entries = (0..<256).compactMap { number in
      let path = "/dev/video\(number)"
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { return nil }
      do throws(CaptureError) {
        let device = try CameraDevice(path: path)
        let isCamera = device.isCamera
        return Entry(
          path: path, name: device.name, isCamera: isCamera, problem: nil,
          offers: isCamera ? device.offers() : [], controls: isCamera ? device.controls() : [])
      } catch {
        return Entry(path: path, name: "", isCamera: false, problem: error.reason, offers: [], controls: [])
      }
    }
  }
}
