internal import Model

/// What Caffe's files leave open, how a pixel becomes a number, by the family that a network is of.
///
/// A network that is trained says it; one that is deployed does not, and then it is what the family's authors do in their
/// own programs (docs/CAFFE.md).
struct CaffeFamily {
  let normalization: Normalization
  /// Where each answer is from, in words for people.
  let reasons: [(questions: [OpenQuestion], reason: String)]
  /// Whether the network's layers alone speak for them.
  let isGuess: Bool

  /// - Parameter trained: what the file says of pictures in training, where it does.
  init(_ net: CaffeNet, trained: CaffeNet.TrainingInput?) {
    if let trained, trained.means.count == 3 {
      (normalization, isGuess) = (Self.normalization(trained.means, trained.scale), false)
      reasons = [
        ([.channels, .resize], "what Caffe trains with"), ([.mean, .scale], "the file's own transform_param"),
      ]
      return
    }
    let (name, means, scale, hint) = Self.recipe(net)
    (normalization, isGuess) = (Self.normalization(means, scale), true)
    let reason = "what programs for \(name) do; the file does not say"
    reasons = [([.channels], reason + hint), ([.mean, .scale, .resize], reason)]
  }

  private static func normalization(_ means: [Float], _ scale: Float) -> Normalization {
    Normalization(channels: means.map { ChannelNormalization(mean: $0, scale: scale) })
  }

  /// Returns the family's name, its means and scale, and what else there is to say, told by the network's layers.
  private static func recipe(_ net: CaffeNet) -> (String, [Float], Float, String) {
    let types = Set(net.layers.map(\.type))
    let middle = [Float](repeating: 127.5, count: 3)
    if types.contains("ReLU6") {
      return (
        "MobileNetV2-SSDLite", middle, 1 / 127.5,
        "; weights that were converted from TensorFlow want --channels rgb"
      )
    }
    if net.layers.contains(where: { $0.isDepthwise }) { return ("MobileNet-SSD", middle, 0.007843, "") }
    let inputs = Set(net.inputs.map(\.name))
    if net.layers.contains(where: { $0.type == "BatchNorm" && $0.bottoms.allSatisfy(inputs.contains) }) {
      return ("OpenCV's face detector", [104, 177, 123], 1, "")
    }
    return ("SSD", [104, 117, 123], 1, "")
  }
}

extension CaffeLayer {
  /// Whether it is a convolution with as many groups as results.
  fileprivate var isDepthwise: Bool {
    guard type == "Convolution" else { return false }
    for field in fields {
      guard field.name == "convolution_param", case .message(let parameters) = field.value else { continue }
      func text(_ name: String) -> String? {
        for field in parameters where field.name == name { if case .scalar(let text) = field.value { return text } }
        return nil
      }
      return text("group") != nil && text("group") != "1" && text("group") == text("num_output")
    }
    return false
  }
}
