package import KernelCalls

/// Copies the windows of some output pixels of a k×k convolution of bytes side by side, so that one `ByteProduct` sums them.
///
/// The bytes of a window stand tap by tap, channel by channel; taps outside of the map are `zero`. Maps are NHWC without
/// gaps, windows `windowStride` bytes apart. Up to 15 bytes behind a window are overwritten, and as many behind the map's
/// are read.
package struct ByteGather {
  package var input: UnsafePointer<UInt8>
  package var inputWidth: Int
  package var inputHeight: Int
  package var channels: Int
  package var zero: UInt8
  package var target: UnsafeMutablePointer<UInt8>
  package var windowStride: Int
  package var outputWidth: Int
  /// Output pixels, numbered row by row over the whole output; the first of them is the target's first window.
  package var pixels: Range<Int>
  package var window: KernelWindow

  package init(
    input: UnsafePointer<UInt8>, inputWidth: Int, inputHeight: Int, channels: Int, zero: UInt8,
    target: UnsafeMutablePointer<UInt8>, windowStride: Int, outputWidth: Int, pixels: Range<Int>, window: KernelWindow
  ) {
    (self.input, self.inputWidth, self.inputHeight) = (input, inputWidth, inputHeight)
    (self.channels, self.zero, self.target, self.windowStride) = (channels, zero, target, windowStride)
    (self.outputWidth, self.pixels, self.window) = (outputWidth, pixels, window)
  }

  /// Copies the windows: a copy of memory for every instruction set.
  package func run() {
    var (place, row) = (target, pixels.lowerBound / outputWidth)
    var column = pixels.lowerBound - row * outputWidth
    for _ in pixels {
      copyWindow(row &* window.rowStride &- window.top, column &* window.columnStride &- window.left, to: place)
      place += windowStride
      column &+= 1
      if column == outputWidth { (row, column) = (row &+ 1, 0) }
    }
  }

  /// Copies the window whose first tap is at row `top` and column `left`.
  @inline(__always)
  private func copyWindow(_ top: Int, _ left: Int, to start: UnsafeMutablePointer<UInt8>) {
    // Neighbouring taps of a row are neighbours in memory.
    let runWidth = window.columnDilation == 1 ? window.width : 1
    let (runBytes, taps) = (runWidth &* channels, window.width == runWidth ? 1 : window.width)
    var place = start
    if taps == 1, runBytes <= 16, left >= 0, left &+ runWidth <= inputWidth, top >= 0,
      top &+ (window.height &- 1) &* window.rowDilation < inputHeight
    {
      // A picture's windows, most of which lie in it.
      let line = window.rowDilation &* inputWidth &* channels
      var source = input + (top &* inputWidth &+ left) &* channels
      for _ in 0..<window.height {
        move(source, place, 16)
        source += line
        place += runBytes
      }
      return
    }
    for y in 0..<window.height {
      let line = top &+ y &* window.rowDilation
      for x in 0..<taps {
        let first = left &+ x &* window.columnDilation
        if line >= 0, line < inputHeight, first >= 0, first &+ runWidth <= inputWidth {
          move(input + (line &* inputWidth &+ first) &* channels, place, runBytes)
        } else {
          copy(line, first..<first + runWidth, to: place)
        }
        place += runBytes
      }
    }
  }

  /// Copies the pixels `columns` of row `line`, zeros where they lie outside.
  @inline(__always)
  private func copy(_ line: Int, _ columns: Range<Int>, to place: UnsafeMutablePointer<UInt8>) {
    let isInside = line >= 0 && line < inputHeight
    let low = isInside ? min(max(columns.lowerBound, 0), columns.upperBound) : columns.upperBound
    let high = isInside ? max(min(columns.upperBound, inputWidth), low) : columns.upperBound
    let (before, count) = ((low - columns.lowerBound) * channels, (high - low) * channels)
    fill(place, before)
    if count > 0 { move(input + (line * inputWidth + low) * channels, place + before, count) }
    fill(place + before + count, (columns.upperBound - high) * channels)
  }

  @inline(__always)
  private func move(_ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>, _ count: Int) {
    var offset = 0
    while offset < count {
      let bytes = UnsafeRawPointer(source + offset).loadUnaligned(as: SIMD16<UInt8>.self)
      UnsafeMutableRawPointer(target + offset).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      offset &+= 16
    }
  }

  @inline(__always)
  private func fill(_ target: UnsafeMutablePointer<UInt8>, _ count: Int) {
    var offset = 0
    while offset < count {
      UnsafeMutableRawPointer(target + offset).storeBytes(of: SIMD16(repeating: zero), as: SIMD16<UInt8>.self)
      offset &+= 16
    }
  }
}

/// Writes the sum of the first `depth` bytes of each pixel to `sums`.
package func sumPixels(
  _ input: UnsafePointer<UInt8>, stride: Int, depth: Int, pixels: Range<Int>, into sums: UnsafeMutablePointer<Int32>
) {
  let halves: UInt64 = 0x00FF_00FF_00FF_00FF
  for pixel in pixels {
    let bytes = UnsafeRawPointer(input + pixel * stride)
    var (total, offset) = (UInt64(0), 0)
    while offset + 8 <= depth {
      // Four sums of 16 bits, which hold 128 words of bytes.
      let end = min(depth - 8, offset + 127 * 8)
      var lanes: UInt64 = 0
      while offset <= end {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        lanes &+= word & halves &+ word &>> 8 & halves
        offset += 8
      }
      total &+= lanes & 0xFFFF &+ lanes &>> 16 & 0xFFFF &+ lanes &>> 32 & 0xFFFF &+ lanes &>> 48
    }
    while offset < depth {
      total &+= UInt64(bytes.load(fromByteOffset: offset, as: UInt8.self))
      offset += 1
    }
    sums[pixel] = Int32(truncatingIfNeeded: total)
  }
}
