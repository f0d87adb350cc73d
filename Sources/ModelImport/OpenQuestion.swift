internal import Model

/// What a model's file may leave open; the raw value is what a sidecar and `stream inspect --json` call it.
enum OpenQuestion: String, CaseIterable {
  case size, channels, mean, scale, resize, anchors, factors, scores
  case scoreThreshold = "score_threshold"
  case iouThreshold = "iou_threshold"
  case total

  /// How a picture becomes the network's input, but for its size.
  static let picture: [OpenQuestion] = [.channels, .mean, .scale, .resize]
  /// Which detections of a picture are kept.
  static let suppression: [OpenQuestion] = [.scoreThreshold, .iouThreshold, .total]
  /// All that a file leaves open which ends in its heads.
  static let aroundHeads: [OpenQuestion] = picture + [.anchors, .factors] + suppression

  /// Returns what `model` has for it, for people.
  func answer(in model: DetectionModel) -> String {
    let (input, head) = (model.input, model.head)
    switch self {
    case .size: return "\(input.width)×\(input.height)"
    case .channels: return input.channelOrder.rawValue
    case .mean:
      // A mean that was made of an offset has lost its last bits: 127.49999.
      return Self.text(input.normalization.ofChannels.map { ($0.wholeMean * 1000).rounded() / 1000 })
    case .scale: return Self.text(input.normalization.ofChannels.map { $0.scale })
    case .resize: return input.resize.rawValue
    case .anchors: return "\(head.anchors.count)"
    case .factors:
      let coder = head.coder
      return Self.text([coder.centerYFactor, coder.centerXFactor, coder.heightFactor, coder.widthFactor])
    case .scores: return "\(head.scores)"
    case .scoreThreshold: return "\(head.suppression.scoreThreshold)"
    case .iouThreshold: return "\(head.suppression.iouThreshold)"
    case .total: return head.suppression.total.map { "\($0)" } ?? "without limit"
    }
  }

  /// Returns the numbers, or the one that they all are.
  private static func text(_ numbers: [Float]) -> String {
    let words = numbers.map { "\($0)" }
    return words.allSatisfy { $0 == words.first } ? words.first ?? "" : words.joined(separator: ", ")
  }
}

extension DetectionModel {
  /// Notes what the model has for each of `questions`, which its file leaves open, and why: a sentence for each that
  /// begins with the question's name, so that what answers it otherwise takes the sentence away.
  ///
  /// - Parameter isGuess: whether nothing in the file speaks for it.
  mutating func assume(_ questions: [OpenQuestion], because reason: String, isGuess: Bool = false) {
    assumptions += questions.map { "\($0.rawValue) \($0.answer(in: self)): \(reason)" }
    if isGuess { guesses.formUnion(questions.map(\.rawValue)) }
  }

  /// What was guessed and nobody has said otherwise, `channels bgr, mean 127.5`; nil where nothing was.
  package var guessed: String? {
    let open = assumptions.filter { sentence in guesses.contains { sentence.hasPrefix("\($0) ") } }
    return open.isEmpty ? nil : open.map { $0.prefix { $0 != ":" } }.joined(separator: ", ")
  }
}

extension ChannelNormalization {
  /// What is subtracted where no offset is added: (x − mean) · scale + offset = (x − (mean − offset/scale)) · scale.
  var wholeMean: Float { scale == 0 ? mean : mean - offset / scale }
}
