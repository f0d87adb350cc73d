internal import KernelCalls
internal import Kernels
internal import Model

/// A part of a map.
struct CropLayer: Layer {
  let input: MapSize
  let output: MapSize
  let crop: Crop

  var kind: StepDescription.Kind { .crop }
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    for row in piece.rows {
      let from = unsafe source.from(pixel: (row + crop.top) * input.width + crop.left, width: input.width)
      let result = unsafe target.from(row: row, width: output.width)
      unsafe copyChannels(crop.channels, from: crop.channel, of: from, to: 0, of: result, pixels: output.width)
    }
  }
}

/// The channels of two maps, the second's behind the first's.
struct JoinLayer: Layer {
  let input: MapSize
  let secondInput: MapSize

  var output: MapSize {
    MapSize(width: input.width, height: input.height, channels: input.channels + secondInput.channels)
  }
  var kind: StepDescription.Kind { .join }
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    guard let second = unsafe second else { preconditionFailure("Two maps are joined.") }
    for row in piece.rows {
      let result = unsafe target.from(row: row, width: input.width)
      let (left, right) = unsafe (
        source.from(row: row, width: input.width), second.from(row: row, width: input.width)
      )
      unsafe copyChannels(input.channels, from: 0, of: left, to: 0, of: result, pixels: input.width)
      unsafe copyChannels(
        secondInput.channels, from: 0, of: right, to: input.channels, of: result, pixels: input.width)
    }
  }
}

/// Copies channels of some pixels, whole panels at a time where they stand alike, and zeros behind them to the end of the
/// last panel.
@unsafe
private func copyChannels(
  _ count: Int, from first: Int, of source: FeatureMap, to place: Int, of target: FeatureMap, pixels: Int
) {
  let whole = first % panelWidth == 0 && place % panelWidth == 0 ? count / panelWidth : 0
  for panel in 0..<whole {
    for pixel in 0..<pixels {
      let lanes = unsafe source.lanes(pixel: pixel, panel: first / panelWidth + panel)
      unsafe target.setLanes(lanes, pixel: pixel, panel: place / panelWidth + panel)
    }
  }
  for channel in whole * panelWidth..<count {
    for pixel in 0..<pixels {
      unsafe target.address(pixel: pixel, channel: place + channel).pointee =
        source.address(pixel: pixel, channel: first + channel).pointee
    }
  }
  for channel in place + count..<padded(place + count) {
    for pixel in 0..<pixels { unsafe target.address(pixel: pixel, channel: channel).pointee = 0 }
  }
}
