/// Something that a camera can be set to.
package struct CameraChoice: Sendable, Equatable {
  package let format: CameraFormat
  /// Whether libv4l makes the format out of one that we do not read.
  package let isMade: Bool
  /// Size in pixels.
  package let width: Int
  package let height: Int
  /// The fastest rate at this size; nil where the driver does not say.
  package let fastest: Double?

  package init(format: CameraFormat, isMade: Bool = false, width: Int, height: Int, fastest: Double?) {
    (self.format, self.isMade, self.width, self.height, self.fastest) = (format, isMade, width, height, fastest)
  }

  /// Returns which of `choices` serves best; nil where there is none, or none of the format asked for.
  ///
  /// First comes the size: that asked for, else the smallest that holds it, else the largest. Then the rate: what
  /// reaches it, else the fastest. Then the format, in the order of `CameraFormat`, those that libv4l makes last. Where
  /// a rate is asked for and no size, what reaches the rate comes before all else.
  package static func best(of choices: [CameraChoice], for settings: CameraSettings) -> CameraChoice? {
    choices.filter { settings.format == nil || settings.format == $0.format }
      .min { $0.demerits(settings).lexicographicallyPrecedes($1.demerits(settings)) }
  }

  /// Whether nothing better is possible in size and rate.
  func isJust(_ settings: CameraSettings) -> Bool {
    let wish = settings.wish
    return (width, height) == (wish.width, wish.height) && reaches(wish.rate)
  }

  /// Whether the rate is reached; a driver that does not say is trusted to. 29.97 is 30.
  private func reaches(_ rate: Double) -> Bool { fastest.map { $0 >= 0.95 * rate } ?? true }

  /// What speaks against it, the weightiest first.
  private func demerits(_ settings: CameraSettings) -> [Double] {
    let wish = settings.wish
    let area = Double(width) * Double(height)
    let isLarge = width >= wish.width && height >= wish.height
    let isSlow = reaches(wish.rate) ? 0.0 : 1.0
    let isRateFirst = settings.rate != nil && settings.width == nil && settings.height == nil
    let rank = Double(CameraFormat.allCases.firstIndex(of: format) ?? 0)
    return [
      isRateFirst ? isSlow : 0, isLarge ? 0 : 1, isLarge ? area : -area, isSlow, isSlow > 0 ? -(fastest ?? 0) : 0,
      isMade ? 1 : 0, rank,
    ]
  }
}
