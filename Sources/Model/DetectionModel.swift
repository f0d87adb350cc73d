public import Scene

/// All that a model's file says: the network, what goes into it, and what its heads mean.
public struct DetectionModel: Sendable {
  /// What the model is called, for people and for `stream models`.
  public var name: String
  /// From the pre-processed picture to two outputs: box encodings [1, anchors, 4] and class logits
  /// [1, anchors, columns].
  public var graph: Graph
  public var input: InputContract
  public var head: DetectionHead
  public var labels: Labels

  public init(name: String, graph: Graph, input: InputContract, head: DetectionHead, labels: Labels) {
    (self.name, self.graph, self.input, self.head, self.labels) = (name, graph, input, head, labels)
  }
}
