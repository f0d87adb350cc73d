internal import KernelCalls
internal import Kernels

/// The mean of each channel over all pixels of a map.
struct MeanLayer: Layer {
  let input: MapSize
  let average: @Sendable (borrowing Average) -> Void

  var output: MapSize { MapSize(width: 1, height: 1, channels: input.channels) }
  var kind: StepDescription.Kind { .mean }
  var cut: Cut { .panels(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    unsafe average(Average(input: source.map, output: target.map, pixels: 0..<input.pixels, panels: piece.panels))
  }
}
