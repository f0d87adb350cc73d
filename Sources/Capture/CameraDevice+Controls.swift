internal import CV4L2
internal import Glibc

extension CameraDevice {
  /// The controls that the driver lists, in its order, without those that are switched off.
  func controls() -> [CameraControl] {
    var controls: [CameraControl] = []
    var question = v4l2_query_ext_ctrl()
    // The kernel has a few hundred; a driver that numbers them in a circle is left after so many.
    for _ in 0..<1024 {
      question.id |= stream_next_control
      guard ask(stream_vidioc_query_ext_ctrl, &question) == 0 else { break }
      if let control = control(question) { controls.append(control) }
    }
    return controls
  }

  /// Sets `name` to what `text` says, and returns the number that it then has.
  ///
  /// - Throws: `CaptureError` where there is no such control, or where it does not take that value.
  func set(control name: String, to text: String) throws(CaptureError) -> Int {
    let controls = controls()
    guard let control = controls.first(where: { $0.name == CameraControl.name(of: name) }) else {
      let names = controls.map(\.name).joined(separator: ", ")
      throw CaptureError(
        source: path, reason: names.isEmpty ? "has no controls" : "has no control '\(name)' but \(names)",
        isFinal: true)
    }
    var request = v4l2_control()
    request.id = control.identifier
    do { request.value = try control.number(from: text) } catch {
      throw CaptureError(source: path, reason: error.reason, isFinal: true)
    }
    let code = ask(stream_vidioc_s_ctrl, &request)
    guard code == 0 else {
      let hint = control.isInactive ? "; another control, such as an automatic one, holds it now" : ""
      throw CaptureError(source: path, reason: failure("setting control \(control.name)", code).reason + hint)
    }
    // The driver rounds to its step.
    return value(of: control.identifier) ?? Int(request.value)
  }

  /// Returns the control that the driver described; nil for the title of a group and for what is switched off.
  private func control(_ question: v4l2_query_ext_ctrl) -> CameraControl? {
    let flags = question.flags
    guard question.type != V4L2_CTRL_TYPE_CTRL_CLASS.rawValue, flags & UInt32(V4L2_CTRL_FLAG_DISABLED) == 0
    else { return nil }
    let kind: CameraControl.Kind =
      switch v4l2_ctrl_type(rawValue: question.type) {
      case V4L2_CTRL_TYPE_INTEGER: .integer
      case V4L2_CTRL_TYPE_BOOLEAN: .boolean
      case V4L2_CTRL_TYPE_MENU: .menu
      case V4L2_CTRL_TYPE_INTEGER_MENU: .integerMenu
      case V4L2_CTRL_TYPE_BUTTON: .button
      case V4L2_CTRL_TYPE_BITMASK: .bitmask
      default: .other
      }
    let label = text(question.name)
    let isReadable = kind != .button && kind != .other && flags & UInt32(V4L2_CTRL_FLAG_WRITE_ONLY) == 0
    return CameraControl(
      name: CameraControl.name(of: label), label: label, kind: kind,
      minimum: Int(question.minimum), maximum: Int(question.maximum),
      step: max(Int(clamping: question.step), 1), usual: Int(question.default_value),
      value: isReadable ? value(of: question.id) : nil,
      choices: kind == .menu || kind == .integerMenu ? choices(question, areNumbers: kind == .integerMenu) : [],
      isReadOnly: flags & UInt32(V4L2_CTRL_FLAG_READ_ONLY) != 0,
      isInactive: flags & UInt32(V4L2_CTRL_FLAG_INACTIVE) != 0, identifier: question.id)
  }

  /// Returns the entries of a menu; a driver may leave numbers out.
  private func choices(_ question: v4l2_query_ext_ctrl, areNumbers: Bool) -> [CameraControl.Choice] {
    // A menu has a few entries; the bound is for a driver that says otherwise.
    guard (0...255).contains(question.minimum), question.minimum <= question.maximum else { return [] }
    return (question.minimum...min(question.maximum, 255)).compactMap { index in
      var entry = v4l2_querymenu()
      (entry.id, entry.index) = (question.id, UInt32(index))
      guard ask(stream_vidioc_querymenu, &entry) == 0 else { return nil }
      let name = areNumbers ? String(entry.value) : text(entry.name)
      return CameraControl.Choice(value: Int(index), name: name)
    }
  }

  /// Returns what a control stands at; nil where the driver does not say.
  private func value(of identifier: UInt32) -> Int? {
    var answer = v4l2_control(id: identifier, value: 0)
    return ask(stream_vidioc_g_ctrl, &answer) == 0 ? Int(answer.value) : nil
  }
}

/// Returns the text in a driver's array of bytes, which a zero ends.
func text<Bytes>(_ bytes: Bytes) -> String {
  unsafe withUnsafeBytes(of: bytes) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
