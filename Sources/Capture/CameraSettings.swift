/// What is asked of a camera; it may give something else, and what it gives is what counts.
public struct CameraSettings: Sendable {
  /// Size of the pictures in pixels; 640 × 480 where not given, which every camera gives at its full rate and a
  /// network with a small input does not miss.
  public var width: Int?
  public var height: Int?
  /// Pictures a second; 30 where not given.
  public var rate: Double?
  /// The format; where not given, `CameraChoice` says which.
  public var format: CameraFormat?
  /// Controls to set, in this order, after format and rate and before the first picture.
  public var controls: [(name: String, value: String)]

  public init(
    width: Int? = nil, height: Int? = nil, rate: Double? = nil, format: CameraFormat? = nil,
    controls: [(name: String, value: String)] = []
  ) {
    (self.width, self.height, self.rate, self.format) = (width, height, rate, format)
    self.controls = controls
  }

  /// The size and the rate that are wished where nothing is asked for.
  static let usual = (width: 640, height: 480, rate: 30.0)

  /// What to look for.
  var wish: (width: Int, height: Int, rate: Double) {
    (width ?? Self.usual.width, height ?? Self.usual.height, rate ?? Self.usual.rate)
  }

  /// What is wrong with these settings whatever the camera; nil where nothing is.
  var fault: String? {
    for side in [width, height].compactMap({ $0 }) where !(1...32_768).contains(side) {
      return "no camera gives pictures \(side) pixels wide or high"
    }
    if let rate, !(0.01...10_000).contains(rate) { return "no camera gives \(rate) pictures a second" }
    return nil
  }
}
