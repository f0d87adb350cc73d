package import Scene

/// The motion of one box: centre, area and ratio of sides, each filtered for itself (SORT, section 3.2).
package struct BoxFilter {
  private var centerX: DriftFilter
  private var centerY: DriftFilter
  private var area: DriftFilter
  private var aspect: DriftFilter

  /// A box at rest.
  package init(_ box: MeasuredBox) {
    centerX = DriftFilter(box.centerX, noise: .center)
    centerY = DriftFilter(box.centerY, noise: .center)
    area = DriftFilter(box.area, noise: .area)
    aspect = DriftFilter(box.aspect, noise: .aspect)
  }

  /// Moves on by one frame; an area that would shrink to nothing stays as it is.
  package mutating func predict() {
    if area.value + area.rate <= 0 { area.rate = 0 }
    centerX.predict()
    centerY.predict()
    area.predict()
    aspect.predict()
  }

  /// Takes in where the box was seen.
  package mutating func correct(with box: MeasuredBox) {
    centerX.correct(with: box.centerX)
    centerY.correct(with: box.centerY)
    area.correct(with: box.area)
    aspect.correct(with: box.aspect)
  }

  /// Where the box is believed to be; nil where the numbers no longer describe one.
  package var rect: PixelRect? {
    let width = (area.value * aspect.value).squareRoot()
    let height = area.value / width
    let rect = PixelRect(
      left: centerX.value - width / 2, top: centerY.value - height / 2, right: centerX.value + width / 2,
      bottom: centerY.value + height / 2)
    return MeasuredBox(rect) == nil ? nil : rect
  }
}

/// A box as SORT measures it.
package struct MeasuredBox {
  package let centerX: Double
  package let centerY: Double
  /// Width times height, in square pixels.
  package let area: Double
  /// Width by height.
  package let aspect: Double

  /// Returns nil where `rect` has no area, or is not finite.
  package init?(_ rect: PixelRect) {
    centerX = rect.left + rect.width / 2
    centerY = rect.top + rect.height / 2
    area = rect.width * rect.height
    aspect = rect.width / rect.height
    guard rect.width > 0, area > 0, aspect > 0, [centerX, centerY, area, aspect].allSatisfy(\.isFinite) else {
      return nil
    }
  }
}

extension DriftFilter.Noise {
  /// In square pixels.
  fileprivate static let center = Self(measurement: 1, value: 1, rate: 0.01, initialValue: 10, initialRate: 1e4)
  /// In pixels to the fourth power.
  fileprivate static let area = Self(measurement: 10, value: 1, rate: 1e-4, initialValue: 10, initialRate: 1e4)
  /// Without unit; the ratio of sides has no rate.
  fileprivate static let aspect = Self(measurement: 10, value: 1, rate: 0, initialValue: 10, initialRate: 0)
}
