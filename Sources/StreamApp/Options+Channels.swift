internal import Arguments
internal import Model

/// What can be said of how a model reads pictures, where its file leaves that open.
extension Options {
  static let channels = Option(
    "channels", ValueKind<ChannelOrder>.choice, placeholder: "NAME",
    help: "Order in which the network reads a pixel: rgb or bgr.", otherwise: asItsFileSays)
  static let mean = Option(
    "mean", .channels("a number", ModelSettings.isMean), placeholder: "NUMBERS",
    help: "What is subtracted from pixels of 0 to 255, one number or one for each channel in the network's order, such "
      + "as 104,177,123.")
  static let scale = Option(
    "scale", .channels("a number other than 0", ModelSettings.isScale), placeholder: "NUMBERS",
    help: "What the difference is multiplied by, one number or one for each channel.")

  static let resize = Option(
    "resize", ValueKind<ResizeRule>.choice, placeholder: "NAME",
    help: "How a picture gets the network's size: tensorflow_legacy, half_pixel_centers, opencv or pillow.",
    otherwise: asItsFileSays)
  private static let asItsFileSays = "as its file says, else its family"

  static let channelGroup: [any Declaration] = [channels, mean, scale, resize]
}

extension ValueKind where Value == [Float] {
  /// One number for each of three channels; a single one stands for all.
  static func channels(_ one: String, _ isAllowed: @escaping @Sendable (Float) -> Bool) -> Self {
    Self(expected: "\(one), or three with commas between them") { text in
      let words = text.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = words.compactMap { Float($0) }.filter(isAllowed)
      guard numbers.count == words.count, [1, 3].contains(numbers.count) else { return nil }
      return numbers.count == 3 ? numbers : Array(repeating: numbers[0], count: 3)
    }
  }
}

extension ModelSettings {
  /// What the command line says of the model.
  init(_ values: Values) {
    self.init()
    channelOrder = values[Options.channels]
    (means, scales) = (values[Options.mean], values[Options.scale])
    resize = values[Options.resize]
    let said = [
      ("channels", channelOrder != nil), ("mean", means != nil), ("scale", scales != nil), ("resize", resize != nil),
    ]
    for (name, isSaid) in said where isSaid { origins[name] = "the command line" }
  }
}
