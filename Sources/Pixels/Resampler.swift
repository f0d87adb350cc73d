package import Kernels
package import Model

/// Turns frames of any size and format into the floats that a network takes: colour, resize, normalisation.
///
/// Tables and row buffers are made once per size of frame; a steady run allocates nothing.
package struct Resampler: ~Copyable {
  /// The arithmetic that the contract's rule asks for.
  private enum Method: ~Copyable {
    case floats(FloatResampler)
    case openCV(FixedPointResampler)
    case pillow(PillowResampler)

    /// Resamples with the one that it is, which is taken out for it and put back.
    mutating func resample(_ frame: borrowing Frame, to target: UnsafeMutablePointer<Float>, rowStride: Int) {
      switch consume self {
      case .floats(var resampler):
        unsafe resampler.resample(frame, to: target, rowStride: rowStride)
        self = .floats(resampler)
      case .openCV(var resampler):
        unsafe resampler.resample(frame, to: target, rowStride: rowStride)
        self = .openCV(resampler)
      case .pillow(var resampler):
        unsafe resampler.resample(frame, to: target, rowStride: rowStride)
        self = .pillow(resampler)
      }
    }
  }

  private var method: Method

  package init(_ contract: InputContract, kernels: KernelSet) {
    let kernels = kernels.picture
    method =
      switch contract.resize {
      case .tensorFlowLegacy: .floats(FloatResampler(contract, kernels: kernels, hasCenters: false))
      case .halfPixelCenters: .floats(FloatResampler(contract, kernels: kernels, hasCenters: true))
      case .openCV: .openCV(FixedPointResampler(contract, kernels: kernels))
      case .pillow: .pillow(PillowResampler(contract, kernels: kernels))
      }
  }

  /// Writes the contract's picture of `frame`: each row as 3 · width packed floats, the first at `target`, the others each
  /// `rowStride` floats further.
  ///
  /// - Throws: `PictureError` where the frame's size is out of range.
  /// - Precondition: there is room for all rows.
  package mutating func resample(
    _ frame: borrowing Frame, to target: UnsafeMutablePointer<Float>, rowStride: Int
  ) throws(PictureError) {
    try PictureError.check(width: frame.width, height: frame.height)
    unsafe method.resample(frame, to: target, rowStride: rowStride)
  }
}

extension Normalization {
  /// The normalised value of each byte, 256 for each of three channels.
  var ofBytes: [Float] {
    let channels = ofChannels
    return (0..<3).flatMap { channel in (0..<256).map { channels[channel](Float($0)) } }
  }
}
