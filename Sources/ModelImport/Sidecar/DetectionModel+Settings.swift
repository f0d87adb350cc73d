internal import Model
internal import Scene

extension DetectionModel {
  /// Takes what is said of the model beside its file, and notes where that is from.
  ///
  /// - Throws: `ImportError` where the model in `file` cannot be so.
  mutating func take(_ settings: ModelSettings, file: String) throws(ImportError) {
    if let size = settings.size, size != Extent(height: input.height, width: input.width) {
      throw ImportError(
        file: settings.origins["size"] ?? file, place: ["size"],
        reason: "\(size.width)×\(size.height) is asked for, and the file fixes \(input.width)×\(input.height)")
    }
    if let order = settings.channelOrder { input.channelOrder = order }
    if let rule = settings.resize { input.resize = rule }
    if settings.means != nil || settings.scales != nil {
      input.normalization = input.normalization.replacing(means: settings.means, scales: settings.scales)
    }
    if let threshold = settings.scoreThreshold {
      (head.suppression.scoreThreshold, head.suppression.includesThreshold) = (threshold, false)
      saidThreshold = threshold
    }
    if let threshold = settings.iouThreshold { head.suppression.iouThreshold = threshold }
    if let total = settings.total { head.suppression.total = total }
    var places: [String: [String]] = [:]
    for (name, origin) in settings.origins { places[origin, default: []].append(name) }
    assumptions.removeAll { assumption in settings.origins.keys.contains { assumption.hasPrefix("\($0) ") } }
    for (origin, names) in places.sorted(by: { $0.key < $1.key }) {
      assumptions.append("\(names.sorted().joined(separator: ", ")): from \(origin)")
    }
  }

  /// Takes `names` for its classes, in their order; the first may be the background's, `???`.
  ///
  /// - Throws: `ImportError` naming `file` where they are not as many.
  mutating func take(names: [String], file: String) throws(ImportError) {
    numberClasses(behindBackground: names.first == "???")
    let (found, listed) = LabelFile.lines(names.joined(separator: "\n"), from: head.classNumbers.lowerBound)
    // Empty lines at the end of a file are no classes; empty names are.
    let count = listed + names.reversed().prefix { $0.allSatisfy(\.isWhitespace) }.count
    guard count == head.classNumbers.count else {
      throw ImportError(
        file: file, place: ["labels"],
        reason: "\(count) classes are named, but the model has \(head.classNumbers.count)")
    }
    (labels, labelOrigin, labelDoubt) = (found, .model, nil)
  }
}

extension Normalization {
  /// Returns `(x − mean) · scale` with these numbers for the channels, and its own where they are nil.
  fileprivate func replacing(means: [Float]?, scales: [Float]?) -> Normalization {
    var channels = ofChannels
    for index in channels.indices {
      let own = channels[index]
      channels[index] = ChannelNormalization(mean: means?[index] ?? own.wholeMean, scale: scales?[index] ?? own.scale)
    }
    return Normalization(channels: channels)
  }
}
