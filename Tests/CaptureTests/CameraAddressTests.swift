import Capture
import Foundation
import Testing

/// Files stand in for devices: what counts is which of them a link leads to.
@Suite final class CameraAddressTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "stream-\(UUID())")
  private var links: URL { folder.appending(path: "by-id") }

  init() throws {
    try FileManager.default.createDirectory(at: links, withIntermediateDirectories: true)
    for name in ["video0", "video1"] { try plug(name) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appending(path: name).path }
  private func plug(_ name: String) throws { try Data().write(to: folder.appending(path: name)) }
  private func unplug(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  private func link(_ name: String, to node: String) throws {
    try? FileManager.default.removeItem(at: links.appending(path: name))
    try FileManager.default.createSymbolicLink(
      atPath: links.appending(path: name).path, withDestinationPath: "../\(node)")
  }

  private func address(_ name: String) -> CameraAddress { CameraAddress(path: path(name), links: links.path) }

  @Test func aCameraIsFoundUnderAnotherNumber() throws {
    try link("usb-A", to: "video0")
    try link("usb-B", to: "video1")
    let address = address("video0")
    #expect(address.node == path("video0"), "nothing is known of it before it was open")
    address.remember()
    #expect(address.node == links.appending(path: "usb-A").path && address.isThere)
    // It goes, and another takes its number.
    try unplug("video0")
    #expect(!address.isThere)
    try plug("video0")
    try link("usb-B", to: "video0")
    try link("usb-A", to: "video7")
    #expect(!address.isThere, "the other one is not it")
    try plug("video7")
    address.remember()
    #expect(address.isThere && address.node == links.appending(path: "usb-A").path)
    #expect(address.path == path("video0"))
  }

  @Test func withoutLinksThePathIsAll() throws {
    for address in [address("video0"), CameraAddress(path: path("video0"), links: path("nowhere"))] {
      address.remember()
      #expect(address.node == path("video0") && address.isThere)
      try unplug("video0")
      #expect(!address.isThere)
      try plug("video0")
    }
  }

  @Test func aLinkThatIsGivenIsFollowed() throws {
    try link("usb-A", to: "video0")
    try link("usb-Z", to: "video0")
    let address = CameraAddress(path: links.appending(path: "usb-Z").path, links: links.path)
    address.remember()
    #expect(address.node == address.path)
  }
}
