internal import Glibc
internal import KernelCalls
internal import Kernels
internal import Model

/// A normalisation of each pixel's channels among each other.
struct ChannelsLayer: Layer {
  /// Which one.
  enum Rule: Sendable {
    /// `x · scale / √(Σ x² + epsilon)`.
    case unitLength(scale: PackedWeights, epsilon: Float)
    case localResponse(LocalResponse)
    case softmax
  }

  /// A column of pixels.
  let input: MapSize
  let rule: Rule

  var output: MapSize { input }
  var kind: StepDescription.Kind { .channels }
  var cut: Cut { .rows(multiple: 16) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let from = unsafe source.from(pixel: piece.rows.lowerBound, width: 1)
    let result = unsafe target.from(pixel: piece.rows.lowerBound, width: 1)
    for pixel in 0..<piece.rows.count {
      switch rule {
      case .unitLength(let scale, let epsilon): unsafe unitLength(pixel, from, result, scale, epsilon)
      case .localResponse(let response): unsafe localResponse(pixel, from, result, response)
      case .softmax: unsafe softmax(pixel, from, result)
      }
      for channel in input.channels..<padded(input.channels) {
        unsafe result.address(pixel: pixel, channel: channel).pointee = 0
      }
    }
  }

  @unsafe
  private func unitLength(
    _ pixel: Int, _ source: FeatureMap, _ target: FeatureMap, _ scale: PackedWeights, _ epsilon: Float
  ) {
    var squares = SIMD16<Float>()
    let whole = input.channels / panelWidth
    for panel in 0..<whole {
      let lanes = unsafe source.lanes(pixel: pixel, panel: panel)
      squares += lanes * lanes
    }
    var sum = squares.sum()
    for channel in whole * panelWidth..<input.channels {
      let value = unsafe source.address(pixel: pixel, channel: channel).pointee
      sum += value * value
    }
    let length = (sum + epsilon).squareRoot()
    for panel in 0..<input.panels {
      let scales = unsafe UnsafeRawPointer(scale.weights + panel * panelWidth).loadUnaligned(as: SIMD16<Float>.self)
      let lanes = unsafe source.lanes(pixel: pixel, panel: panel)
      unsafe target.setLanes(lanes / length * scales, pixel: pixel, panel: panel)
    }
  }

  @unsafe
  private func localResponse(
    _ pixel: Int, _ source: FeatureMap, _ target: FeatureMap, _ response: LocalResponse
  ) {
    let (reach, share) = (response.size / 2, response.alpha / Float(response.size))
    for channel in 0..<input.channels {
      var sum: Float = 0
      for other in max(channel - reach, 0)...min(channel + reach, input.channels - 1) {
        let value = unsafe source.address(pixel: pixel, channel: other).pointee
        sum += value * value
      }
      let value = unsafe source.address(pixel: pixel, channel: channel).pointee
      unsafe target.address(pixel: pixel, channel: channel).pointee =
        value / pow(response.bias + share * sum, response.beta)
    }
  }

  @unsafe
  private func softmax(_ pixel: Int, _ source: FeatureMap, _ target: FeatureMap) {
    var greatest = -Float.infinity
    for channel in 0..<input.channels {
      greatest = unsafe max(greatest, source.address(pixel: pixel, channel: channel).pointee)
    }
    var sum: Float = 0
    for channel in 0..<input.channels {
      let power = unsafe exp(source.address(pixel: pixel, channel: channel).pointee - greatest)
      unsafe target.address(pixel: pixel, channel: channel).pointee = power
      sum += power
    }
    for channel in 0..<input.channels { unsafe target.address(pixel: pixel, channel: channel).pointee /= sum }
  }
}
