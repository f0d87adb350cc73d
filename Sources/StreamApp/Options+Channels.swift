internal import Arguments
internal import Model

/// What can be said of how a model reads pictures, where its file leaves that open.
extension Options {
  static let channels = Option(
    "channels", ValueKind<ChannelName>.choice, placeholder: "NAME",
    help: "Order in which the network reads a pixel: rgb or bgr (default: as its file says, else its family).")
  static let mean = Option(
    "mean", ValueKind<[Float]>.channels, placeholder: "NUMBERS",
    help: "What is subtracted from pixels of 0 to 255, one number or one for each channel in the network's order, such "
      + "as 104,177,123.")
  static let scale = Option(
    "scale", ValueKind<[Float]>.channels, placeholder: "NUMBERS",
    help: "What the difference is multiplied by, one number or one for each channel.")

  static let resize = Option(
    "resize", ValueKind<ResizeRule>.choice, placeholder: "NAME",
    help: "How a picture gets the network's size: tensorflow_legacy, half_pixel_centers, opencv or pillow (default: as "
      + "its file says, else its family).")

  static let channelGroup: [any Declaration] = [channels, mean, scale, resize]
}

/// A channel order by its name.
enum ChannelName: String, CaseIterable, Sendable { case rgb, bgr }

extension ValueKind where Value == [Float] {
  /// One number for each of three channels; a single one stands for all.
  static var channels: Self {
    Self(expected: "a number, or three with commas between them") { text in
      let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Float($0) }
      guard numbers.allSatisfy({ $0.isFinite && abs($0) <= 1e6 }) else { return nil }
      switch text.split(separator: ",", omittingEmptySubsequences: false).count {
      case 1 where numbers.count == 1: return [numbers[0], numbers[0], numbers[0]]
      case 3 where numbers.count == 3: return numbers
      default: return nil
      }
    }
  }
}

extension ModelSettings {
  /// What the command line says of the model.
  init(_ values: Values) {
    self.init()
    channelOrder = values[Options.channels].map { $0 == .rgb ? .rgb : .bgr }
    (means, scales) = (values[Options.mean], values[Options.scale])
    resize = values[Options.resize]
    let said = [
      ("channels", channelOrder != nil), ("mean", means != nil), ("scale", scales != nil), ("resize", resize != nil),
    ]
    for (name, isSaid) in said where isSaid { origins[name] = "the command line" }
  }
}
