internal import KernelCalls
internal import Kernels
internal import Model

/// Resizes frames as OpenCV's `resize` of bytes does with INTER_LINEAR, to the bit, then normalises the bytes.
///
/// Weights have 11 bits, sums lose 4 bits between the axes, and the result is a byte: its normalised value stands in a
/// table. OpenCV computes an exact halving of both axes as a mean of four, which these sums equal.
struct FixedPointResampler: ~Copyable {
  private let width: Int
  private let height: Int
  private let isBlueFirst: Bool
  private let color: @Sendable (borrowing ColorRow) -> Void
  /// The normalised value of each byte, 256 for each channel.
  private let values: Block<Float>
  private var columns = Block(repeating: FixedTap(), count: 1)
  private var rows = Block(repeating: FixedTap(), count: 1)
  private var buffers = RowPair(sourceWidth: 1, count: 1, filler: SIMD4<Int32>())
  private var sourceWidth = 0
  private var sourceHeight = 0

  /// A resampler of pictures as `contract` wants them.
  init(_ contract: InputContract, kernels: PictureKernels) {
    (width, height, isBlueFirst) = (contract.width, contract.height, contract.channelOrder == .bgr)
    color = kernels.color
    values = Block(contract.normalization.ofBytes)
  }

  /// Writes the picture of `frame`: each row as 3 · width floats, the first at `target`, the others each `rowStride`
  /// floats further.
  ///
  /// - Precondition: the frame's size is checked, and there is room for all rows.
  mutating func resample(_ frame: borrowing Frame, to target: UnsafeMutablePointer<Float>, rowStride: Int) {
    if sourceWidth != frame.width || sourceHeight != frame.height {
      (sourceWidth, sourceHeight) = (frame.width, frame.height)
      columns = Block(FixedTap.taps(from: sourceWidth, to: width, endsAreWhole: true))
      rows = Block(FixedTap.taps(from: sourceHeight, to: height, endsAreWhole: false))
      buffers = RowPair(sourceWidth: sourceWidth, count: width, filler: SIMD4())
    }
    let picture = frame.picture
    buffers.forget()
    for y in 0..<height {
      let tap = unsafe rows.start[y]
      let upper = row(tap.low, of: picture, keeping: tap.high)
      let lower = tap.high == tap.low ? upper : row(tap.high, of: picture, keeping: tap.low)
      let (above, below) = unsafe (buffers.row(upper), buffers.row(lower))
      let (first, second) = (tap.weights.x, tap.weights.y)
      let output = unsafe target + y * rowStride
      for x in 0..<width {
        let high = unsafe ((above[x] &>> 4) &* SIMD4(repeating: first)) &>> 16
        let low = unsafe ((below[x] &>> 4) &* SIMD4(repeating: second)) &>> 16
        let bytes = ((high &+ low &+ 2) &>> 2)
          .clamped(lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 255))
        unsafe output[3 * x] = values.start[Int(bytes.x)]
        unsafe output[3 * x + 1] = values.start[256 + Int(bytes.y)]
        unsafe output[3 * x + 2] = values.start[512 + Int(bytes.z)]
      }
    }
  }

  /// Returns the buffer that holds row `source` of `picture`, summed along x; does not overwrite row `kept`.
  private mutating func row(_ source: Int, of picture: Picture, keeping kept: Int) -> Int {
    let place = buffers.place(of: source, keeping: kept)
    if place.isFilled { return place.buffer }
    unsafe color(
      ColorRow(
        picture, row: source, isBlueFirst: isBlueFirst, workspace: buffers.workspace.start,
        pixels: buffers.pixels.start))
    let (pixels, sums) = unsafe (buffers.pixels.start, buffers.row(place.buffer))
    for x in 0..<width {
      let tap = unsafe columns.start[x]
      let low = unsafe SIMD4<Int32>(truncatingIfNeeded: unsafeBitCast(pixels[tap.low], to: SIMD4<UInt8>.self))
      let high = unsafe SIMD4<Int32>(truncatingIfNeeded: unsafeBitCast(pixels[tap.high], to: SIMD4<UInt8>.self))
      unsafe sums[x] = low &* SIMD4(repeating: tap.weights.x) &+ high &* SIMD4(repeating: tap.weights.y)
    }
    return place.buffer
  }
}

/// The two samples of an axis that a resized one is made of, with their weights in 2048ths.
struct FixedTap: BitwiseCopyable {
  var low = 0
  var high = 0
  var weights = SIMD2<Int32>(2048, 0)

  /// Returns what each of `target` samples of an axis is made of; all lie inside the `source` samples.
  ///
  /// - Parameter endsAreWhole: whether a sample beyond the first or last one is that one alone, as along x; along y both
  ///   samples are moved inside and keep their weights.
  static func taps(from source: Int, to target: Int, endsAreWhole: Bool) -> [FixedTap] {
    let scale = 1 / (Double(target) / Double(source))
    return (0..<target).map { index in
      let place = Float((Double(index) + 0.5) * scale - 0.5)
      var (low, share) = (Int(place.rounded(.down)), place - place.rounded(.down))
      if endsAreWhole, low < 0 { (low, share) = (0, 0) }
      if endsAreWhole, low >= source - 1 { (low, share) = (source - 1, 0) }
      func weight(_ share: Float) -> Int32 { Int32((share * 2048).rounded(.toNearestOrEven)) }
      return FixedTap(
        low: min(max(low, 0), source - 1), high: min(max(low + 1, 0), source - 1),
        weights: SIMD2(weight(1 - share), weight(share)))
    }
  }
}
