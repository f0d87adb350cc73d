internal import KernelCalls
package import Kernels
package import Model

/// Turns frames of any size and format into the floats that a network takes: colour, resize, normalisation.
///
/// Tables and row buffers are made once per size of frame; a steady run allocates nothing. Only the rows that the
/// resize samples are converted, and each of them once.
package struct Resampler: ~Copyable {
  private let contract: InputContract
  private let kernels: PictureKernels
  private var axes: Axes
  private var rows: Rows
  /// What takes the floats' place where the contract wants OpenCV's whole numbers, or Pillow's.
  private var openCV: FixedPointResampler
  private var pillow: PillowResampler

  package init(_ contract: InputContract, kernels: KernelSet) {
    (self.contract, self.kernels) = (contract, kernels.picture)
    openCV = FixedPointResampler(contract, kernels: kernels.picture)
    pillow = PillowResampler(contract, kernels: kernels.picture)
    axes = Axes(contract, sourceWidth: 1, sourceHeight: 1)
    rows = Rows(sourceWidth: 1, targetWidth: contract.width)
  }

  /// Writes the contract's picture of `frame`: each row as 3 · width packed floats, the first at
  /// `target`, the others each `rowStride` floats further.
  ///
  /// - Throws: `PictureError` where the frame's size is out of range.
  /// - Precondition: there is room for all rows.
  package mutating func resample(
    _ frame: borrowing Frame, to target: UnsafeMutablePointer<Float>, rowStride: Int
  ) throws(PictureError) {
    try PictureError.check(width: frame.width, height: frame.height)
    switch contract.resize {
    case .openCV: return unsafe openCV.resample(frame, to: target, rowStride: rowStride)
    case .pillow: return unsafe pillow.resample(frame, to: target, rowStride: rowStride)
    case .tensorFlowLegacy, .halfPixelCenters: break
    }
    if axes.sourceWidth != frame.width || axes.sourceHeight != frame.height {
      axes = Axes(contract, sourceWidth: frame.width, sourceHeight: frame.height)
      rows = Rows(sourceWidth: frame.width, targetWidth: contract.width)
    }
    let picture = frame.picture
    let after = contract.normalization.order == .afterResize ? contract.normalization : .none
    rows.forget()
    for y in 0..<contract.height {
      let tap = unsafe axes.rows.start[y]
      let upper = row(Int(tap.low), of: picture, keeping: tap.high)
      let lower = tap.weight == 0 ? upper : row(Int(tap.high), of: picture, keeping: tap.low)
      unsafe kernels.blend(
        RowBlend(
          upper: rows.resized(upper), lower: rows.resized(lower), weight: tap.weight, count: 3 * contract.width,
          scale: after.scale, offset: after.offset, output: target + y * rowStride))
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
  private mutating func row(_ source: Int, of picture: Picture, keeping kept: Int32) -> Int {
    if rows.held.0 == source { return 0 }
    if rows.held.1 == source { return 1 }
    let free = rows.held.0 == Int(kept) || (rows.held.1 < rows.held.0 && rows.held.1 != Int(kept)) ? 1 : 0
    let before = contract.normalization.order == .beforeResize ? contract.normalization : .none
    unsafe kernels.color(
      ColorRow(
        picture, row: source, isBlueFirst: contract.channelOrder == .bgr, workspace: rows.workspace.start,
        pixels: rows.pixels.start))
    unsafe kernels.resample(
      RowResample(
        rows.pixels.start, taps: axes.columns.start, width: contract.width, scale: before.scale,
        offset: before.offset, output: rows.resized(free)))
    if free == 0 { rows.held.0 = source } else { rows.held.1 = source }
    return free
  }
}

extension Normalization {
  /// Leaves a value as it is.
  fileprivate static let none = Normalization(scale: 1, offset: 0, order: .afterResize)
}

/// Where the samples of a resized picture come from.
struct Axes: ~Copyable {
  let sourceWidth: Int
  let sourceHeight: Int
  let columns: Block<Tap>
  let rows: Block<Tap>

  init(_ contract: InputContract, sourceWidth: Int, sourceHeight: Int) {
    (self.sourceWidth, self.sourceHeight) = (sourceWidth, sourceHeight)
    columns = Block(contract.resize.taps(from: sourceWidth, to: contract.width))
    rows = Block(contract.resize.taps(from: sourceHeight, to: contract.height))
  }
}

/// What is kept between rows: the one being converted, and the last two, resized along x.
struct Rows: ~Copyable {
  let workspace: Block<UInt8>
  let pixels: Block<UInt32>
  private let floats: Block<Float>
  private let stride: Int
  /// The source rows that the two buffers hold; −1 for none.
  var held = (-1, -1)

  init(sourceWidth: Int, targetWidth: Int) {
    workspace = Block(repeating: 0, count: ColorRow.workspaceCount(width: sourceWidth))
    pixels = Block(repeating: 0, count: ColorRow.pixelCount(width: sourceWidth))
    stride = 3 * targetWidth + 1
    floats = Block(repeating: 0, count: 2 * stride)
  }

  /// Returns where buffer `index`, 0 or 1, lies.
  func resized(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe floats.start + index * stride }

  /// Holds no row any more.
  mutating func forget() { held = (-1, -1) }
}
