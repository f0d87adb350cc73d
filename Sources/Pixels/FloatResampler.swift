internal import KernelCalls
internal import Kernels
internal import Model

/// Resizes frames in floats, bilinearly between two samples of each axis, as TensorFlow does.
///
/// Only the rows that the resize samples are converted, and each of them once.
struct FloatResampler: ~Copyable {
  private let contract: InputContract
  private let kernels: PictureKernels
  private let hasCenters: Bool
  /// Of each column, up to whole groups, the sample to its left and the part of the way to the next.
  private var places = Block<Int32>(repeating: 0, count: 1)
  private var weights = Block<Float>(repeating: 0, count: 1)
  private var rows = Block(repeating: Tap(low: 0, high: 0, weight: 0), count: 1)
  private var buffers = RowPair<Float>(sourceWidth: 1, count: 1, filler: 0)
  private var sourceWidth = 0
  private var sourceHeight = 0

  /// A resampler of pictures as `contract` wants them.
  ///
  /// - Parameter hasCenters: whether a sample stands for the middle of its pixel, or for the corner.
  init(_ contract: InputContract, kernels: PictureKernels, hasCenters: Bool) {
    (self.contract, self.kernels, self.hasCenters) = (contract, kernels, hasCenters)
  }

  /// Writes the picture of `frame`: each row as 3 · width floats, the first at `target`, the others each `rowStride`
  /// floats further.
  ///
  /// - Precondition: the frame's size is checked, and there is room for all rows.
  mutating func resample(_ frame: borrowing Frame, to target: UnsafeMutablePointer<Float>, rowStride: Int) {
    let width = RowResample.widthCount(contract.width)
    if sourceWidth != frame.width || sourceHeight != frame.height {
      (sourceWidth, sourceHeight) = (frame.width, frame.height)
      let columns = Tap.taps(from: sourceWidth, to: contract.width, hasCenters: hasCenters)
      places = Block(repeating: 0, count: width)
      weights = Block(repeating: 0, count: width)
      for (x, tap) in columns.enumerated() { unsafe (places.start[x], weights.start[x]) = (tap.low, tap.weight) }
      rows = Block(Tap.taps(from: sourceHeight, to: contract.height, hasCenters: hasCenters))
      buffers = RowPair(sourceWidth: sourceWidth, count: 3 * width, filler: 0)
    }
    let picture = frame.picture
    let after = contract.normalization.order == .afterResize ? contract.normalization : .none
    buffers.forget()
    for y in 0..<contract.height {
      let tap = unsafe rows.start[y]
      let upper = row(tap.low, of: picture, keeping: tap.high)
      let lower = tap.weight == 0 ? upper : row(tap.high, of: picture, keeping: tap.low)
      unsafe kernels.blend(
        RowBlend(
          upper: buffers.row(upper), lower: buffers.row(lower), planeStride: width, weight: tap.weight,
          width: contract.width, scale: after.scale, offset: after.offset, output: target + y * rowStride))
      if let channels = contract.normalization.channels { unsafe normalize(target + y * rowStride, channels) }
    }
  }

  /// Normalises one resized row, each channel by its own numbers.
  private func normalize(_ row: UnsafeMutablePointer<Float>, _ channels: [ChannelNormalization]) {
    for x in 0..<contract.width {
      for channel in 0..<3 { unsafe row[3 * x + channel] = channels[channel](row[3 * x + channel]) }
    }
  }

  /// Returns the buffer that holds row `source` of `picture`, resized along x; does not overwrite row `kept`.
  private mutating func row(_ source: Int32, of picture: Picture, keeping kept: Int32) -> Int {
    let place = buffers.place(of: Int(source), keeping: Int(kept))
    if place.isFilled { return place.buffer }
    let before = contract.normalization.order == .beforeResize ? contract.normalization : .none
    unsafe kernels.resample(
      RowResample(
        ColorRow(
          picture, row: Int(source), isBlueFirst: contract.channelOrder == .bgr, workspace: buffers.workspace.start,
          pixels: buffers.pixels.start),
        places: places.start, weights: weights.start, width: RowResample.widthCount(contract.width),
        scale: before.scale, offset: before.offset, output: buffers.row(place.buffer)))
    return place.buffer
  }
}

extension Normalization {
  /// Leaves a value as it is.
  fileprivate static let none = Normalization(scale: 1, offset: 0, order: .afterResize)
}
