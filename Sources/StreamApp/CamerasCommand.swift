internal import Capture

/// `stream cameras`: the video devices that are there, one a line; those that are no cameras say why.
struct CamerasCommand {
  func run() {
    let entries = CameraList().entries
    for entry in entries {
      let remark = entry.problem ?? (entry.isCamera ? "" : "no camera")
      Terminal.tell("\(entry.path)\t\(entry.name)\(remark.isEmpty ? "" : "\t(\(remark))")")
    }
    if entries.isEmpty { Terminal.say("no video devices in /dev") }
  }
}
