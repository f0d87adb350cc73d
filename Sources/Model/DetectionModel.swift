public import Posix
public import Scene

/// All that a model's file says: the network, what goes into it, and what its heads mean.
public struct DetectionModel: Sendable {
  /// What the model is called, for people and for `stream models`.
  public var name: String
  /// The format of its file, for people: `TensorFlow frozen graph`; empty for a model that was made otherwise.
  public var format = ""
  /// From the pre-processed picture to two outputs: box encodings [1, anchors, 4] and class logits
  /// [1, anchors, columns].
  public var graph: Graph
  public var input: InputContract
  public var head: DetectionHead
  public var labels: Labels
  /// Where the labels come from.
  public var labelOrigin: LabelOrigin
  /// Those of the assumptions, by what they are about, that nothing in the file supports: wrong ones are seen only in what
  /// is found, or not found.
  public var guesses: Set<String> = []
  /// The threshold that was said beside its file, where that was: what scores higher is then meant to be reported.
  public var saidThreshold: Float?
  /// The files that it was read from, its labels' and what else was said beside it included.
  public var files: Set<FileIdentity> = []
  /// Whether its weights are learned ones; a configuration alone has none, and they are random.
  public var hasWeights = true
  /// Why the list of labels that its own file names is not read: an error, unless other names are given.
  public var labelFault: ImportError?
  /// What there is to say of the labels in the file that `labelOrigin` tells, its own or one beside it, which name too few
  /// classes or too many; nil where there is nothing.
  public var labelDoubt: String?
  /// Whether its classes are numbered from 0 unless their list of labels begins with the background, `???`: then from 1.
  public var numbersFollowLabels = false
  /// What its file, or the configuration beside it, says and is not used, in sentences for people.
  public var notes: [String] = []
  /// Those of the notes that are about what would change what is found: users are told wherever the model runs.
  public var warnings: [String] = []
  /// What its file leaves open and where the answer is from, in sentences for people.
  public var assumptions: [String] = []

  public init(
    name: String, graph: Graph, input: InputContract, head: DetectionHead, labels: Labels,
    labelOrigin: LabelOrigin = .none
  ) {
    (self.name, self.graph, self.input, self.head) = (name, graph, input, head)
    (self.labels, self.labelOrigin) = (labels, labelOrigin)
  }
}

/// Where the names of a model's classes come from.
public enum LabelOrigin: Sendable, Equatable {
  /// The classes have numbers only.
  case none
  /// The model's own file.
  case model
  /// The file at this path.
  case file(String)
  /// The data set of this name, which the number of classes tells.
  case dataSet(String)
}
