package import Kernels
public import Model

/// A network made ready: packed weights and the plan of its steps, shared by all sessions.
public final class Engine: Sendable {
  /// How the network's input lies in memory: what a `TensorPool` for it is made of.
  public let inputLayout: InputLayout
  /// The shapes of the graph's outputs, in their order.
  package let outputShapes: [Shape]
  let plan: Plan

  /// What the engine does for each picture, in this order.
  package var steps: [StepDescription] { plan.descriptions }

  /// Plans `graph` for the kernels that this processor offers.
  ///
  /// - Throws: `InferenceError` iff the graph has a node that the engine cannot run.
  public convenience init(_ graph: Graph) throws(InferenceError) {
    try self.init(graph, kernels: .fastest)
  }

  /// Plans `graph` for `kernels`, which this processor must support.
  ///
  /// - Parameters:
  ///   - precision: of a network of real numbers; one of whole numbers is exact.
  ///   - strips: how bottlenecks are computed strip by strip.
  /// - Throws: `InferenceError` iff the graph has a node that the engine cannot run.
  package init(
    _ graph: Graph, kernels: KernelSet, precision: Precision = .float32,
    strips: StripSizes = StripSizes()
  ) throws(InferenceError) {
    try SizeLimits.check(graph)
    switch graph.arithmetic {
    case .float32:
      let lowering = try Lowering(graph.optimized(), kernels: kernels, precision: precision, strips: strips)
      (inputLayout, plan) = (lowering.layout, try lowering.plan())
      lowering.products.packAll()
    case .integer8:
      let lowering = try IntegerLowering(
        graph.droppingDeadNodes().readingSoon(), kernels: kernels.integer, strips: strips)
      (inputLayout, plan) = (lowering.layout, try lowering.plan())
    }
    outputShapes = graph.outputs.map { graph.shape(of: $0) }
  }
}
