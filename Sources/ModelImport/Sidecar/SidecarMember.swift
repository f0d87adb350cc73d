internal import JSON
internal import Model

/// What a sidecar can say, by its names in JSON: those of `stream inspect --json`.
enum SidecarMember: String, CaseIterable {
  case channels, mean, scale, resize, size, labels
  case scoreThreshold = "score_threshold"
  case iouThreshold = "iou_threshold"
  case total

  /// Reads `value` into `settings`.
  func read(_ value: JSONValue, into settings: inout ModelSettings) throws(MemberError) {
    switch self {
    case .channels: settings.channelOrder = try Self.choice(value)
    case .mean: settings.means = try Self.channels(value, "a number", ModelSettings.isMean)
    case .scale: settings.scales = try Self.channels(value, "a number other than 0", ModelSettings.isScale)
    case .resize: settings.resize = try Self.choice(value)
    case .size:
      guard let numbers = value.array, numbers.count == 2, let width = numbers[0].integer,
        let height = numbers[1].integer, Extent.sides.contains(width), Extent.sides.contains(height)
      else { throw MemberError("is not [width, height], whole numbers from 1 to \(Extent.sides.upperBound)") }
      settings.size = Extent(height: height, width: width)
    case .labels: settings.labels = try Self.labels(value)
    case .scoreThreshold: settings.scoreThreshold = try Self.share(value)
    case .iouThreshold: settings.iouThreshold = try Self.share(value)
    case .total:
      guard let total = value.integer, (1...1 << 20).contains(total) else {
        throw MemberError("is no whole number from 1 to \(1 << 20)")
      }
      settings.total = total
    }
  }

  /// Returns the case that is called as `value` says.
  private static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ value: JSONValue
  ) throws(MemberError) -> Choice {
    guard let choice = value.string.flatMap(Choice.init(rawValue:)) else {
      throw MemberError("is none of \(Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))")
    }
    return choice
  }

  /// Returns three numbers, one for each channel; a single one stands for all.
  private static func channels(
    _ value: JSONValue, _ expected: String, _ isAllowed: (Float) -> Bool
  ) throws(MemberError) -> [Float] {
    let numbers = (value.array ?? [value, value, value]).compactMap(\.double).map { Float($0) }.filter(isAllowed)
    guard numbers.count == 3, value.array?.count ?? 3 == 3 else {
      throw MemberError("is neither \(expected) nor three, one for each channel, within \(ModelSettings.most)")
    }
    return numbers
  }

  /// Returns a number from 0 to 1.
  private static func share(_ value: JSONValue) throws(MemberError) -> Float {
    guard let number = value.double, (0...1).contains(number) else { throw MemberError("is no number from 0 to 1") }
    return Float(number)
  }

  /// Returns the names of the classes, or the file that has them.
  private static func labels(_ value: JSONValue) throws(MemberError) -> ModelSettings.LabelSource {
    if let name = value.string {
      guard let inner = ModelFile.inner(name) else {
        throw MemberError("\(name.printable()) is no file in the model's folder")
      }
      return .file(inner)
    }
    guard let names = value.array?.compactMap(\.string), names.count == value.array?.count, !names.isEmpty,
      !names.contains(where: { $0.contains(where: \.isNewline) })
    else { throw MemberError("is neither a file's name nor a list of names, each on one line") }
    return .names(names)
  }
}
