internal import Glibc
internal import Pixels

/// What a test pattern is like: `testpattern:640x480@30`, `testpattern:640x480@29.97:100:file`.
public struct TestPattern: Sendable, Equatable {
  /// Size of the pictures in pixels, 1…16384.
  public var width: Int
  public var height: Int
  /// Pictures a second, 0.01…1000.
  public var rate: Double
  /// How many pictures there are; nil for no end.
  public var count: Int?
  /// Whether pictures come at their own pace and are lost when nobody takes them, as a camera's.
  public var isLive: Bool

  /// The largest width and height, in pixels.
  public static let largestSide = PictureError.longestSide
  /// The rates that can be kept, in pictures a second.
  public static let rates = 0.01...1000.0

  /// - Precondition: size, rate and count are in their ranges.
  public init(width: Int, height: Int, rate: Double, count: Int? = nil, isLive: Bool) {
    let sides = 1...Self.largestSide
    precondition(sides.contains(width) && sides.contains(height), "a test pattern of \(width)x\(height)")
    precondition(Self.rates.contains(rate) && count ?? 0 >= 0, "a test pattern of \(rate) pictures a second")
    (self.width, self.height, self.rate, self.count, self.isLive) = (width, height, rate, count, isLive)
  }

  /// What names of test patterns begin with.
  public static let scheme = "testpattern:"

  /// Reads `testpattern:WIDTHxHEIGHT@RATE[:COUNT][:live|:file]`; live and without end unless it says otherwise.
  ///
  /// Nil iff `text` does not begin with `testpattern:`, so that it names something else.
  ///
  /// - Throws: `CaptureError` that names what is wrong.
  public init?(parsing text: String) throws(CaptureError) {
    func refuse(_ reason: String) -> CaptureError { CaptureError(source: text, reason: reason) }
    guard text.hasPrefix(Self.scheme) else { return nil }
    let parts = text.dropFirst(Self.scheme.count).split(separator: ":", omittingEmptySubsequences: false)
    let form = "a test pattern is \(Self.scheme)WIDTHxHEIGHT@RATE[:COUNT][:live|:file]"
    guard let first = parts.first, parts.count <= 3 else { throw refuse(form) }
    let sizeAndRate = first.split(separator: "@", omittingEmptySubsequences: false)
    let sides = sizeAndRate[0].split(separator: "x", omittingEmptySubsequences: false)
    guard sizeAndRate.count == 2, sides.count == 2 else { throw refuse(form) }
    guard let width = Int(sides[0]), let height = Int(sides[1]), 1...Self.largestSide ~= width,
      1...Self.largestSide ~= height
    else { throw refuse("'\(sizeAndRate[0])' is no size of 1x1 to \(Self.largestSide)x\(Self.largestSide)") }
    guard let rate = Double(sizeAndRate[1]), Self.rates ~= rate else {
      throw refuse("'\(sizeAndRate[1])' is no rate of 0.01 to 1000 pictures a second")
    }
    var (count, isLive): (Int?, Bool?) = (nil, nil)
    for part in parts.dropFirst() {
      switch part {
      case "live" where isLive == nil: isLive = true
      case "file" where isLive == nil: isLive = false
      default:
        guard count == nil, isLive == nil, let number = Int(part), 1...1_000_000_000 ~= number else {
          throw refuse("'\(part)' is neither a number of pictures, live nor file")
        }
        count = number
      }
    }
    self.init(width: width, height: height, rate: rate, count: count, isLive: isLive ?? true)
  }

  /// Returns when picture `number` is due, since the first one.
  func due(_ number: Int) -> Duration { .ofPicture(number, rate: rate) }

  /// Returns the number of the last picture that is due `elapsed` after the first.
  func newest(after elapsed: Duration) -> Int {
    let (seconds, attoseconds) = elapsed.components
    return Int(((Double(seconds) + Double(attoseconds) * 1e-18) * rate).rounded(.down))
  }

  /// Draws picture `number` as 4:2:0 into `planes`: a diagonal ramp that wanders, colours that change with the place,
  /// and a white square that runs from left to right.
  ///
  /// - Precondition: the planes hold `height` rows of `width` bytes, U and V half of both, rounded up.
  func draw(_ number: Int, into memory: PatternMemory) {
    let (luma, u, v) = unsafe (memory.luma, memory.u, memory.v)
    for y in 0..<height {
      let phase = (y + 3 * (number % 73)) % 219
      unsafe (luma + y * width).update(from: memory.ramp + phase, count: width)
    }
    let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
    for y in 0..<halfHeight {
      let shade = UInt8(64 + 128 * y / halfHeight)
      for x in 0..<halfWidth {
        unsafe u[y * halfWidth + x] = UInt8(64 + 128 * x / halfWidth)
        unsafe v[y * halfWidth + x] = shade
      }
    }
    let side = max(min(width, height) / 8, 1)
    let left = 8 * (number % 1_000_000) % max(width - side, 1)
    for y in (height - side) / 2..<(height + side) / 2 {
      unsafe (luma + y * width + left).update(repeating: 235, count: side)
    }
  }
}
