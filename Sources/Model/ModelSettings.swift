/// What is said of a model beside its file: on the command line, or in its `.stream.json`. nil keeps what the file says,
/// or what is assumed where it says nothing.
public struct ModelSettings: Sendable, Equatable {
  /// The order in which the network reads a pixel's channels.
  public var channelOrder: ChannelOrder?
  /// What is subtracted from a pixel: one number for each channel, in the order in which the network reads them.
  public var means: [Float]?
  /// What the difference is multiplied by: one number for each channel, in the same order.
  public var scales: [Float]?
  /// How a picture gets the network's size.
  public var resize: ResizeRule?
  /// The size of the network's input; only a format that leaves it open, or lays the network itself, can follow.
  public var size: Extent?
  /// The names of the classes.
  public var labels: LabelSource?
  /// A candidate's score is greater than this.
  public var scoreThreshold: Float?
  /// A candidate is removed when its overlap with a kept one is greater than this.
  public var iouThreshold: Float?
  /// At most so many detections of a picture.
  public var total: Int?
  /// Where it was said, for people: by the name of what was said.
  package var origins: [String: String] = [:]

  /// Nothing is said.
  public init() {}

  /// Where names of classes are.
  public enum LabelSource: Sendable, Equatable {
    /// One name a class, as the lines of a label file.
    case names([String])
    /// The label file at this path from the model's folder, which it does not leave.
    case file(String)
  }
}

extension ModelSettings {
  /// The largest mean and scale that make sense.
  package static let most = 1_000_000
  /// Whether `number` may be subtracted from a pixel.
  package static func isMean(_ number: Float) -> Bool { abs(number) <= Float(most) }
  /// Whether a pixel may be multiplied by `number`: 0 leaves nothing of a picture.
  package static func isScale(_ number: Float) -> Bool { isMean(number) && number != 0 }

  /// Returns what `others` say, and where they say nothing what these say.
  package func overridden(by others: ModelSettings) -> ModelSettings {
    var result = self
    result.channelOrder = others.channelOrder ?? channelOrder
    result.means = others.means ?? means
    result.scales = others.scales ?? scales
    result.resize = others.resize ?? resize
    result.size = others.size ?? size
    result.labels = others.labels ?? labels
    result.scoreThreshold = others.scoreThreshold ?? scoreThreshold
    result.iouThreshold = others.iouThreshold ?? iouThreshold
    result.total = others.total ?? total
    result.origins.merge(others.origins) { $1 }
    return result
  }
}
