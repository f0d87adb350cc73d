internal import Arguments
internal import Capture
internal import JSON

/// `stream cameras`: the video devices that are there, what each gives and what can be turned; those that are no
/// cameras say why.
struct CamerasCommand {
  private let isJSON: Bool

  init(_ values: Values) { isJSON = values[Options.json] }

  func run() throws {
    let entries = CameraList().entries
    for entry in entries { try Terminal.tell(isJSON ? entry.json : entry.text) }
    if entries.isEmpty { Terminal.say("no video devices in /dev") }
  }
}

extension CameraList.Entry {
  /// Its path and name, then a line for each format and control.
  fileprivate var text: String {
    let remark = problem ?? (isCamera ? "" : "no camera")
    var lines = ["\(path)  \(name)" + (remark.isEmpty ? "" : "  (\(remark))")]
    for offer in offers {
      let remark = offer.format.map { "--format \($0.rawValue)" } ?? "not read by itself"
      lines.append("  \(offer.code)  \(offer.label)  (\(remark))")
      lines += offer.sizes.map { "    \($0.text)" }
    }
    lines += controls.map { "  --control \($0.text)" }
    return lines.joined(separator: "\n")
  }

  /// One object; the command's help says what its members are.
  fileprivate var json: String {
    JSONWriter.text {
      $0.member("path", path)
      $0.member("name", name)
      $0.member("camera", isCamera)
      if let problem { $0.member("problem", problem) }
      guard isCamera else { return }
      $0.member("formats", each: offers) { $0.object($1.write) }
      $0.member("controls", each: controls) { $0.object($1.write) }
    }
  }
}

extension CameraOffer {
  fileprivate func write(_ json: inout JSONWriter) {
    json.member("code", code)
    json.member("label", label)
    if let format { json.member("format", format.rawValue) }
    json.member("compressed", isCompressed)
    json.member("sizes", each: sizes) { $0.object($1.write) }
  }
}

extension CameraOffer.Size {
  fileprivate var text: String {
    let size = isFixed ? Self.size(width.lowerBound, height.lowerBound) : "\(least) to \(most)"
    let rates = rates.map { rate($0) }.joined(separator: ", ")
    return size + (rates.isEmpty ? "" : " at \(rates) fps")
  }

  /// `30`, `29.97`.
  private func rate(_ rate: Double) -> String {
    rate == rate.rounded() ? decimal(rate, 0) : decimal(rate, 2)
  }

  private var least: String { Self.size(width.lowerBound, height.lowerBound) }
  private var most: String { Self.size(width.upperBound, height.upperBound) }
  private static func size(_ width: Int, _ height: Int) -> String { "\(width)x\(height)" }

  fileprivate func write(_ json: inout JSONWriter) {
    for (name, range) in [("width", width), ("height", height)] {
      if isFixed {
        json.member(name, range.lowerBound)
      } else {
        json.member(name, each: [range.lowerBound, range.upperBound]) { $0.integer($1) }
      }
    }
    json.member("rates", each: rates) { $0.number($1, decimals: 3) }
  }
}

extension CameraControl {
  /// `brightness=128  integer from 0 to 255, usually 100`.
  fileprivate var text: String {
    var text = value.map { "\(name)=\($0)" } ?? name
    text += "  \(kind.rawValue)"
    switch kind {
    case .integer, .bitmask: text += " from \(minimum) to \(maximum)" + (step > 1 ? " by \(step)" : "")
    case .menu, .integerMenu: text += ": " + choices.map { "\($0.value) \($0.name)" }.joined(separator: ", ")
    case .boolean, .button, .other: break
    }
    if value != nil { text += ", usually \(usual)" }
    if isReadOnly { text += ", can only be read" }
    if isInactive { text += ", held by another control" }
    return text
  }

  fileprivate func write(_ json: inout JSONWriter) {
    json.member("name", name)
    json.member("label", label)
    json.member("kind", kind.rawValue)
    for (name, number) in [("minimum", minimum), ("maximum", maximum), ("step", step), ("default", usual)] {
      json.member(name, number)
    }
    if let value { json.member("value", value) }
    if !choices.isEmpty {
      json.member("choices", each: choices) {
        $0.object { [choice = $1] json in
          json.member("value", choice.value)
          json.member("name", choice.name)
        }
      }
    }
    json.member("read_only", isReadOnly)
    json.member("inactive", isInactive)
  }
}
