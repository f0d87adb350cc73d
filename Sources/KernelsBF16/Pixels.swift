internal import CLanes
package import KernelCalls

// What `Convolve` is made of where maps are of halves. Two neighbouring columns of the input are pairs, so that three taps of
// a row are two products instead of three.

/// Computes a depthwise convolution of halves.
///
/// - Precondition: it has a `quickStep`.
package func convolveHalves(_ call: borrowing Depthwise) {
  let step = call.quickStep
  precondition(step > 0)
  convolveThree(call, step: step)
}

/// Three neighbouring weights of each channel, as pairs.
struct Taps {
  /// The second tap and before it, as the second of the pair, the first one.
  var firstTwo = Lanes.zero
  /// The third tap as the second of a pair whose first is zero.
  var last = Lanes.zero

  @inline(__always) init() {}
  /// Those of a row of a 3×3 window, of the channels from `channel` on.
  @inline(__always) init(_ call: borrowing Depthwise, row: Int, _ channel: Int) {
    let source = call.weights + (channel / panelWidth * 6 + row * 2) * panelWidth
    firstTwo = load(source)
    last = load(source + panelWidth)
  }
  @inline(__always) func shifted(left: Bool) -> Taps {
    var taps = Taps()
    if left {
      taps.firstTwo = pairs_of_seconds(last, first_halves16(firstTwo))
    } else {
      (taps.firstTwo, taps.last) = (pairs_of_seconds(firstTwo, .zero), first_halves16(firstTwo))
    }
    return taps
  }
  /// One tap, as the second of a pair whose first is zero.
  @inline(__always) subscript(tap: Int) -> Lanes {
    tap == 0 ? second_halves16(firstTwo) : tap == 1 ? first_halves16(firstTwo) : last
  }
}

/// Sums of neighbouring output pixels of one row, as a type for each number.
protocol Pixels {
  static var count: Int { get }
  init(repeating sum: Lanes)
  /// Adds what the input column `column`, counted from the first one under the first window, and the next one give to each
  /// pixel whose window `column` is under as its first or its last. Column and step are constants, so that only these
  /// products are left.
  mutating func add(_ value: Lanes, at column: Int, _ step: Int, _ taps: Taps)
  func store(to target: UnsafeMutablePointer<Float>, _ limits: Limits)
}

extension Pixels {
  /// Adds what one input row gives, whose first column under the first window is at `input`.
  @inline(__always) mutating func add<Step: FixedStep>(
    _ input: UnsafePointer<Float>, _: Step.Type, _ taps: Taps
  ) {
    add(input, 0, Step.count, taps)
    add(input, 1, Step.count, taps)
    add(input, 2, Step.count, taps)
    add(input, 3, Step.count, taps)
    add(input, 4, Step.count, taps)
    add(input, 5, Step.count, taps)
    add(input, 6, Step.count, taps)
    add(input, 7, Step.count, taps)
    add(input, 8, Step.count, taps)
    add(input, 9, Step.count, taps)
  }

  /// Adds what the `index`th of the columns gives that begin or end a window.
  @inline(__always) private mutating func add(
    _ input: UnsafePointer<Float>, _ index: Int, _ step: Int, _ taps: Taps
  ) {
    guard index * step <= (Self.count - 1) * step + 2 else { return }
    add(Self.value(input, index * step, step), at: index * step, step, taps)
  }

  /// Adds what an input column and the next one give, windows one column apart.
  @inline(__always) mutating func add(_ value: Lanes, at column: Int, _ taps: Taps) { add(value, at: column, 1, taps) }

  /// Returns input columns `column` and, where one begins a window, the next of a row, for windows one column apart.
  @inline(__always) static func value(_ input: UnsafePointer<Float>, _ column: Int) -> Lanes { value(input, column, 1) }

  /// What only ends windows stands alone: behind it the map may end.
  @inline(__always) private static func value(_ input: UnsafePointer<Float>, _ column: Int, _ step: Int) -> Lanes {
    let pixel = input + column * setsPixelFloats
    return column <= (count - 1) * step ? pairs_across(pixel) : second_of_pairs(pixel)
  }
}

/// One output pixel.
struct One: Pixels {
  var sum: Lanes

  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(repeating sum: Lanes) { self.sum = sum }
  @inline(__always) mutating func add(_ value: Lanes, at column: Int, _ step: Int, _ taps: Taps) {
    switch column {
    case 0: addProduct(&sum, value, taps.firstTwo)
    case 2: addProduct(&sum, value, taps.last)
    default: break
    }
  }
  /// Adds what one tap gives with input column `column`.
  @inline(__always) mutating func add(_ input: UnsafePointer<Float>, _ column: Int, tap: Int, _ taps: Taps) {
    addProduct(&sum, second_of_pairs(input + column * setsPixelFloats), taps[tap])
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Float>, _ limits: Limits) {
    target.storeHalves(sum, limits)
  }
}

/// Two output pixels, written at once.
struct Two: Pixels {
  var first: One
  var second: One

  @inline(__always) static var count: Int { 2 }
  @inline(__always) init(repeating sum: Lanes) { (first, second) = (One(repeating: sum), One(repeating: sum)) }
  @inline(__always) mutating func add(_ value: Lanes, at column: Int, _ step: Int, _ taps: Taps) {
    first.add(value, at: column, step, taps)
    second.add(value, at: column - step, step, taps)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Float>, _ limits: Limits) {
    target.storeHalves(first.sum, second.sum, setsPixelFloats, limits)
  }
}

/// Twice as many output pixels.
struct Twice<Half: Pixels>: Pixels {
  var first: Half
  var second: Half

  @inline(__always) static var count: Int { 2 * Half.count }
  @inline(__always) init(repeating sum: Lanes) {
    (first, second) = (Half(repeating: sum), Half(repeating: sum))
  }
  @inline(__always) mutating func add(_ value: Lanes, at column: Int, _ step: Int, _ taps: Taps) {
    first.add(value, at: column, step, taps)
    second.add(value, at: column - Half.count * step, step, taps)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Float>, _ limits: Limits) {
    first.store(to: target, limits)
    second.store(to: target + Half.count * setsPixelFloats, limits)
  }
}

typealias Four = Twice<Two>
typealias Eight = Twice<Four>
