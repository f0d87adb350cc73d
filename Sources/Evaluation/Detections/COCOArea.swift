/// How large the objects are that count; the others are ignored.
package enum COCOArea: CaseIterable, Sendable {
  case all, small, medium, large

  /// Pixels, both ends within: those of COCO's small and medium objects are 32² and 96².
  var range: ClosedRange<Double> {
    switch self {
    case .all: 0...1e10
    case .small: 0...1024
    case .medium: 1024...9216
    case .large: 9216...1e10
    }
  }
}
