internal import Model

/// What one step of an engine's plan is: for people who ask where the time goes.
package struct StepDescription: Sendable, Equatable {
  /// What a step computes, by the layer that does it.
  package enum Kind: String, Sendable {
    /// A convolution that reads the network's input.
    case picture
    /// A 1×1 convolution.
    case pointwise
    /// A convolution of each channel for itself.
    case depthwise
    /// A k×k convolution over all channels.
    case gathered
    /// Winograd's transform of a map's tiles, which all convolutions of the map share.
    case tiles
    /// The products of a k×k convolution after Winograd; it has fewer than the multiply-adds that are counted.
    case winograd
    /// Winograd's transform of such products into a map.
    case untile
    /// A 1×1 convolution by Strassen's products; it has fewer than the multiply-adds that are counted.
    case strassen
    /// Three convolutions strip by strip: to many channels, depthwise, to few.
    case bottleneck
    /// A batch norm or an activation that no convolution absorbed.
    case affine
    /// Fake quantisation, with what a batch norm or an activation before it does.
    case rounding
    /// The sum of two maps.
    case sum
    /// The mean of each channel of a map.
    case mean
    /// A map whose channels are multiplied by another's.
    case gate
    /// A map of another size.
    case resize
    /// The greatest values or the means of windows over a map.
    case pool
    /// A part of a map.
    case crop
    /// The channels of two maps side by side.
    case join
    /// The product or the greater one of two maps' values.
    case pair
    /// A function of one value that no kernel absorbs.
    case function
    /// A normalisation of each pixel's channels among each other.
    case channels
    /// A map written as pixels without gaps, for the outputs.
    case flatten
    /// A map of numbers of 8 bits made of real ones, or real ones of it.
    case quantize, dequantize
    /// A function of one number of 8 bits.
    case table
    /// A product of two maps, value by value.
    case product
    /// Scores of rows of logits.
    case softmax
    /// Values copied behind others, or ones that are always the same.
    case copy
  }

  package let kind: Kind
  /// The nodes of the optimized graph that the step computes, in their order, by their names in the model's file; what
  /// an optimized node absorbed (batch norm, activation, sum) is not named. Of a `flatten` the node whose map is written.
  package let nodes: [String]
  /// Size of the map that the step gives.
  package let width: Int
  package let height: Int
  package let channels: Int
  /// As `GraphStatistics` counts them: the steps of a plan have together what the network has.
  package let multiplyAdds: Int

  init(_ layer: any Layer, nodes: [String], output: MapSize, multiplyAdds: Int) {
    (kind, self.nodes, self.multiplyAdds) = (layer.kind, nodes, multiplyAdds)
    (width, height, channels) = (output.width, output.height, output.channels)
  }
}

extension GraphStatistics {
  /// Returns the multiply-adds of the nodes at `indices` together, or the greatest number where they do not fit.
  func multiplyAdds(of indices: [Int]) -> Int {
    indices.reduce(0) {
      let (sum, overflows) = $0.addingReportingOverflow(nodes[$1].multiplyAdds)
      return overflows ? .max : sum
    }
  }
}
