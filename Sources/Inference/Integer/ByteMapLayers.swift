internal import KernelCalls
internal import Kernels
internal import Model

/// The mean of each channel over all pixels.
struct ByteMeanLayer: ByteLayer {
  let input: MapSize
  let mean: IntegerMean

  var output: MapSize { MapSize(width: 1, height: 1, channels: input.channels) }
  var kind: StepDescription.Kind { .mean }
  var cut: Cut { .panels(multiple: 4) }
  /// A sum for each channel.
  var scratch: Int { wholeLines(input.channels) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let channels = piece.channels(of: input.channels)
    let sums = unsafe scratch.assumingMemoryBound(to: Int32.self)
    let zero = Int32(mean.inputZero + 128)
    for channel in channels { unsafe sums[channel] = 0 }
    for pixel in 0..<input.pixels {
      let values = unsafe bytes(source) + pixel * input.channels
      for channel in channels { unsafe sums[channel] &+= Int32(values[channel]) &- zero }
    }
    for channel in channels { unsafe bytes(target)[channel] = byte(mean.result(mean.factor(sums[channel]))) }
  }
}

/// The mean or maximum of each channel's numbers under a window.
struct BytePoolLayer: ByteLayer {
  let input: MapSize
  let output: MapSize
  let pool: IntegerPool
  private let window: KernelWindow

  init(_ pool: IntegerPool, input: MapSize, output: MapSize) {
    (self.input, self.output, self.pool) = (input, output, pool)
    window = KernelWindow(pool.window, of: Shape([pool.kernel.height, pool.kernel.width]))
  }

  var kind: StepDescription.Kind { .pool }
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    for row in piece.rows {
      let rows = Self.taps(row * window.rowStride - window.top, window.height, window.rowDilation, within: input.height)
      for column in 0..<output.width {
        let columns = Self.taps(
          column * window.columnStride - window.left, window.width, window.columnDilation, within: input.width)
        let result = unsafe bytes(target) + (row * output.width + column) * output.channels
        for channel in 0..<input.channels {
          unsafe result[channel] = byte(value(source, rows, columns, channel))
        }
      }
    }
  }

  /// Returns the places of a window's taps on one axis that lie in the map.
  private static func taps(_ first: Int, _ count: Int, _ step: Int, within size: Int) -> StrideTo<Int> {
    let skipped = first < 0 ? (step - 1 - first) / step : 0
    return stride(from: first + skipped * step, to: min(first + count * step, size), by: step)
  }

  /// Returns the mean or maximum at one place.
  @unsafe
  private func value(
    _ source: UnsafeMutableRawPointer, _ rows: StrideTo<Int>, _ columns: StrideTo<Int>, _ channel: Int
  ) -> Int8 {
    var (sum, most, count) = (0, -128, 0)
    for y in rows {
      for x in columns {
        let value = unsafe Int(number(bytes(source)[(y * input.width + x) * input.channels + channel]))
        (sum, most, count) = (sum + (pool.isSigned ? value : value + 128), max(most, value), count + 1)
      }
    }
    var result = most
    if pool.method == .mean {
      // Halves go away from the file's zero. A window outside of the map is empty.
      let mean = count == 0 ? 0 : (sum > 0 ? sum + count / 2 : sum - count / 2) / count
      result = pool.isSigned ? mean : mean - 128
    }
    return Int8(truncatingIfNeeded: min(max(result, pool.range.lowerBound), pool.range.upperBound))
  }
}

/// A map of another size: of signed numbers in fixed point of 10 bits, of unsigned ones in float32, as the reference does.
struct ByteResizeLayer: ByteLayer {
  let input: MapSize
  let output: MapSize
  private let isNearest: Bool
  /// Whether sums are those of `rows` and `columns` in fixed point; else of `realRows` and `realColumns`.
  private let isFixed: Bool
  private let (rows, columns): ([FixedTap], [FixedTap])
  private let (realRows, realColumns): ([Resize.Tap], [Resize.Tap])

  /// `low` · (1024 − share) + `high` · share.
  private struct FixedTap {
    let low, high, share: Int
  }

  init(_ resize: Resize, isSigned: Bool, input: MapSize, output: MapSize) {
    (self.input, self.output) = (input, output)
    (isNearest, isFixed) = (resize.method == .nearest, isSigned)
    rows = Self.fixedTaps(resize, input.height, output.height)
    columns = Self.fixedTaps(resize, input.width, output.width)
    realRows = resize.taps(of: input.height, to: output.height)
    realColumns = resize.taps(of: input.width, to: output.width)
  }

  private static func fixedTaps(_ resize: Resize, _ inputs: Int, _ outputs: Int) -> [FixedTap] {
    let reachesEnds = resize.places == .ends && outputs > 1
    let scale =
      reachesEnds
      ? (1024 * (inputs - 1) + (outputs - 1) / 2) / (outputs - 1) : (1024 * inputs + outputs / 2) / outputs
    return (0..<outputs).map { index in
      let place = index * scale + (resize.places == .centers ? scale / 2 - 512 : 0)
      let low = min(max(place / 1024, 0), inputs - 1)
      return FixedTap(low: low, high: max(min((place + 1023) / 1024, inputs - 1), 0), share: place - 1024 * low)
    }
  }

  var kind: StepDescription.Kind { .resize }
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let channels = input.channels
    for row in piece.rows {
      for column in 0..<output.width {
        func pixel(_ y: Int, _ x: Int) -> UnsafeMutablePointer<UInt8> {
          unsafe bytes(source) + (y * input.width + x) * channels
        }
        let result = unsafe bytes(target) + (row * output.width + column) * channels
        if isNearest {
          unsafe result.update(from: pixel(realRows[row].low, realColumns[column].low), count: channels)
        } else if isFixed {
          let (y, x) = (rows[row], columns[column])
          let corners = unsafe (pixel(y.low, x.low), pixel(y.high, x.low), pixel(y.low, x.high), pixel(y.high, x.high))
          for channel in 0..<channels {
            let above =
              unsafe Int(number(corners.0[channel])) * (1024 - x.share) + Int(number(corners.2[channel])) * x.share
            let below =
              unsafe Int(number(corners.1[channel])) * (1024 - x.share) + Int(number(corners.3[channel])) * x.share
            let sum = above * (1024 - y.share) + below * y.share
            unsafe result[channel] = byte(Int8(clamping: (sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20)))
          }
        } else {
          let (y, x) = (realRows[row], realColumns[column])
          let corners = unsafe (pixel(y.low, x.low), pixel(y.high, x.low), pixel(y.low, x.high), pixel(y.high, x.high))
          for channel in 0..<channels {
            let value: Float = unsafe Float(corners.0[channel]) * (1 - y.share) * (1 - x.share)
            let under: Float = unsafe Float(corners.1[channel]) * y.share * (1 - x.share)
            let beside: Float = unsafe Float(corners.2[channel]) * (1 - y.share) * x.share
            let across: Float = unsafe Float(corners.3[channel]) * y.share * x.share
            let sum: Float = value + under + beside + across
            unsafe result[channel] = UInt8(max(0, min(255, (sum + 0.5).rounded(.down))))
          }
        }
      }
    }
  }
}

/// Rows of values copied into a wider tensor: a part of a concatenation.
struct ByteCopyLayer: ByteLayer {
  /// As many rows as there are parts apart from each other, each of `input.channels` bytes.
  let input: MapSize
  /// Bytes from one row to the next where they go.
  let targetStride: Int

  var output: MapSize { input }
  var kind: StepDescription.Kind { .copy }
  var cut: Cut { .rows(multiple: 256) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    for row in piece.rows {
      unsafe (target + row * targetStride).copyMemory(from: source + row * input.channels, byteCount: input.channels)
    }
  }
}

/// Values that are the same for every picture.
struct ByteConstantLayer: ByteLayer {
  let input: MapSize
  let values: [UInt8]

  var output: MapSize { input }
  var kind: StepDescription.Kind { .copy }
  var cut: Cut { .rows(multiple: input.height) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    unsafe values.withUnsafeBytes { values in
      if let start = values.baseAddress { unsafe target.copyMemory(from: start, byteCount: values.count) }
    }
  }
}

extension Piece {
  /// Returns the channels of its panels, of a map with so many.
  fileprivate func channels(of count: Int) -> Range<Int> {
    panels.lowerBound * panelWidth..<min(panels.upperBound * panelWidth, count)
  }
}
