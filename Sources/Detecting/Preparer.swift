public import Inference
package import Kernels
public import Model
public import Pixels

/// Turns frames into the input of a network.
public struct Preparer: ~Copyable {
  private let layout: InputLayout
  private var resampler: Resampler

  /// A preparer of pictures as `contract` wants them, for tensors of `layout`, with this processor's fastest kernels.
  ///
  /// - Precondition: both name the same size, and three channels.
  public init(_ contract: InputContract, layout: InputLayout) {
    self.init(contract, layout: layout, kernels: .fastest)
  }

  /// A preparer of pictures as `contract` wants them, for tensors of `layout`.
  ///
  /// - Precondition: both name the same size, and three channels.
  package init(_ contract: InputContract, layout: InputLayout, kernels: KernelSet) {
    precondition(
      layout.width == contract.width && layout.height == contract.height && layout.channels == 3,
      "a \(contract.width)×\(contract.height) picture for a \(layout.width)×\(layout.height) input")
    self.layout = layout
    resampler = Resampler(contract, kernels: kernels)
  }

  /// Writes the picture of `frame` into `tensor`, the zeros around it left alone; frames may differ in size and format.
  ///
  /// Allocates nothing while the size stays the same.
  ///
  /// - Throws: `PictureError` where the frame's size is out of range.
  /// - Precondition: `tensor` has the preparer's layout.
  public mutating func prepare(_ frame: borrowing Frame, into tensor: borrowing InputTensor) throws(PictureError) {
    precondition(tensor.layout == layout, "a tensor of another layout")
    try unsafe resampler.resample(frame, to: tensor.address(row: 0), rowStride: layout.rowStride)
  }
}
