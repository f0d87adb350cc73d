internal import KernelCalls
internal import Kernels
internal import Model

/// Resizes frames as Pillow's `resize` with BILINEAR does, to the bit, then normalises the bytes.
///
/// A triangle as wide as two samples, or where the picture shrinks as wide as two of the smaller picture's, so that every
/// sample counts. First along x, then along y, each with weights of 22 bits and rounded to bytes. (Pillow 13 begins with y
/// for some tall pictures; a few of their bytes then differ by one.)
struct PillowResampler: ~Copyable {
  private let width: Int
  private let height: Int
  private let isBlueFirst: Bool
  private let color: @Sendable (borrowing ColorRow) -> Void
  /// The normalised value of each byte, 256 for each channel.
  private let values: Block<Float>
  private var columns = Weights(from: 1, to: 1)
  private var rows = Weights(from: 1, to: 1)
  private var workspace = Block<UInt8>(repeating: 0, count: 1)
  private var pixels = Block<UInt32>(repeating: 0, count: 1)
  /// The source's rows, resized along x.
  private var narrowed = Block<SIMD4<UInt8>>(repeating: SIMD4(), count: 1)
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
      columns = Weights(from: sourceWidth, to: width)
      rows = Weights(from: sourceHeight, to: height)
      workspace = Block(repeating: 0, count: ColorRow.workspaceCount(width: sourceWidth))
      pixels = Block(repeating: 0, count: ColorRow.pixelCount(width: sourceWidth))
      narrowed = Block(repeating: SIMD4(), count: sourceHeight * width)
    }
    let picture = frame.picture
    for y in 0..<sourceHeight {
      unsafe color(
        ColorRow(picture, row: y, isBlueFirst: isBlueFirst, workspace: workspace.start, pixels: pixels.start))
      let source = unsafe UnsafeRawPointer(pixels.start).assumingMemoryBound(to: SIMD4<UInt8>.self)
      for x in 0..<width { unsafe narrowed.start[y * width + x] = columns.sum(x, of: source, apart: 1) }
    }
    for y in 0..<height {
      let output = unsafe target + y * rowStride
      for x in 0..<width {
        let bytes = unsafe rows.sum(y, of: narrowed.start + x, apart: width)
        for channel in 0..<3 { unsafe output[3 * x + channel] = values.start[256 * channel + Int(bytes[channel])] }
      }
    }
  }
}

/// How each sample of a resized axis is made of the source's.
private struct Weights: ~Copyable {
  /// The first source sample that counts for each, and how many do.
  private let spans: Block<SIMD2<Int32>>
  /// Weights in 2^22nds, as many for each sample as the widest span has.
  private let weights: Block<Int32>
  private let most: Int

  /// The weights of `target` samples of an axis of `source`.
  init(from source: Int, to target: Int) {
    let scale = Double(source) / Double(target)
    let reach = max(scale, 1)
    most = Int(reach.rounded(.up)) * 2 + 1
    spans = Block(repeating: SIMD2(), count: target)
    weights = Block(repeating: 0, count: target * most)
    for index in 0..<target {
      let center = (Double(index) + 0.5) * scale
      let first = max(Int(center - reach + 0.5), 0)
      let count = min(Int(center + reach + 0.5), source) - first
      let shares = (0..<count).map { max(1 - abs((Double(first + $0) - center + 0.5) / reach), 0) }
      let sum = shares.reduce(0, +)
      unsafe spans.start[index] = SIMD2(Int32(first), Int32(count))
      for (place, share) in shares.enumerated() {
        unsafe weights.start[index * most + place] = Int32(share / sum * Double(1 << 22) + 0.5)
      }
    }
  }

  /// Returns the weighted sum of the samples at `source`, each `distance` pixels from the one before, for sample `index`.
  @inline(__always)
  func sum(_ index: Int, of source: UnsafePointer<SIMD4<UInt8>>, apart distance: Int) -> SIMD4<UInt8> {
    let (first, count) = unsafe (Int(spans.start[index].x), Int(spans.start[index].y))
    let shares = unsafe weights.start + index * most
    var sum = SIMD4<Int32>(repeating: 1 << 21)
    for place in 0..<count {
      let sample = unsafe SIMD4<Int32>(truncatingIfNeeded: source[(first + place) * distance])
      unsafe sum &+= sample &* SIMD4(repeating: shares[place])
    }
    return SIMD4(clamping: sum &>> 22)
  }
}
