internal import KernelCalls

/// Three neighbouring weights.
struct Taps {
  var left = Lanes.zero
  var middle = Lanes.zero
  var right = Lanes.zero

  @inline(__always) init() {}
  /// Those of a row of a 3×3 window, of the channels from `channel` on.
  @inline(__always) init(_ call: borrowing Depthwise, row: Int, _ channel: Int) {
    let source =
      call.weights + (channel / panelWidth * 9 + row * 3) * panelWidth + channel % panelWidth
    left = load(source)
    middle = load(source + panelWidth)
    right = load(source + 2 * panelWidth)
  }
  @inline(__always) func shifted(left: Bool) -> Taps {
    var taps = Taps()
    (taps.left, taps.middle, taps.right) = left ? (middle, right, .zero) : (.zero, self.left, middle)
    return taps
  }
  @inline(__always) subscript(tap: Int) -> Lanes { tap == 0 ? left : tap == 1 ? middle : right }
}

/// Sums of neighbouring output pixels of one row, as a type for each number.
protocol Pixels {
  static var count: Int { get }
  init(repeating sum: Lanes)
  /// Adds what one input row gives from its column `column` on.
  ///
  /// Columns are constants: two loads are merged only if their addresses are the same expression.
  mutating func add(_ input: UnsafePointer<Float>, _ column: Int, _ step: Int, _ taps: Taps)
  /// Adds what one tap gives: the products of `weight` and inputs that are `distance` floats apart.
  mutating func add(_ input: UnsafePointer<Float>, _ distance: Int, _ weight: Lanes)
  /// Adds what the input column `column`, counted from the first one under the first window, gives to each pixel whose
  /// window it is under, windows one column apart. The column is a constant, so that only these products are left.
  mutating func add(_ value: Lanes, at column: Int, _ taps: Taps)
  /// Adds what the input column `column`, counted from the first one under the first window, gives to each pixel whose
  /// window it is under. Column and step are constants, so that only these products are left.
  mutating func add(_ value: Lanes, at column: Int, _ step: Int, _ taps: FiveTaps)
  func store(to target: UnsafeMutablePointer<Float>, _ limits: Limits)
}

extension Pixels {
  /// Adds what one input row gives, whose first column under the first window is at `input`.
  @inline(__always) mutating func add<Step: FixedStep>(
    _ input: UnsafePointer<Float>, _: Step.Type, _ taps: Taps
  ) {
    add(input, 0, Step.count, taps)
  }

  /// Returns input column `column` of a row for windows one column apart.
  @inline(__always) static func value(_ input: UnsafePointer<Float>, _ column: Int) -> Lanes {
    load(input + column * panelWidth)
  }
}

/// One output pixel.
struct One: Pixels {
  var sum: Lanes

  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(repeating sum: Lanes) { self.sum = sum }
  @inline(__always) mutating func add(
    _ input: UnsafePointer<Float>, _ column: Int, _ step: Int, _ taps: Taps
  ) {
    addProduct(&sum, load(input + column * panelWidth), taps.left)
    addProduct(&sum, load(input + (column + 1) * panelWidth), taps.middle)
    addProduct(&sum, load(input + (column + 2) * panelWidth), taps.right)
  }
  @inline(__always) mutating func add(_ input: UnsafePointer<Float>, _ distance: Int, _ weight: Lanes) {
    addProduct(&sum, load(input), weight)
  }
  /// Adds what one tap gives with input column `column`.
  @inline(__always) mutating func add(_ input: UnsafePointer<Float>, _ column: Int, tap: Int, _ taps: Taps) {
    addProduct(&sum, load(input + column * panelWidth), taps[tap])
  }
  @inline(__always) mutating func add(_ value: Lanes, at column: Int, _ taps: Taps) {
    switch column {
    case 0: addProduct(&sum, value, taps.left)
    case 1: addProduct(&sum, value, taps.middle)
    case 2: addProduct(&sum, value, taps.right)
    default: break
    }
  }
  @inline(__always) mutating func add(_ value: Lanes, at column: Int, _ step: Int, _ taps: FiveTaps) {
    switch column {
    case 0: addProduct(&sum, value, taps.first)
    case 1: addProduct(&sum, value, taps.second)
    case 2: addProduct(&sum, value, taps.third)
    case 3: addProduct(&sum, value, taps.fourth)
    case 4: addProduct(&sum, value, taps.fifth)
    default: break
    }
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Float>, _ limits: Limits) {
    target.store(activated(sum, limits))
  }
}

/// Twice as many output pixels.
struct Twice<Half: Pixels>: Pixels {
  var first: Half
  var second: Half

  @inline(__always) static var count: Int { 2 * Half.count }
  @inline(__always) init(repeating sum: Lanes) {
    first = Half(repeating: sum)
    second = Half(repeating: sum)
  }
  @inline(__always) mutating func add(
    _ input: UnsafePointer<Float>, _ column: Int, _ step: Int, _ taps: Taps
  ) {
    first.add(input, column, step, taps)
    second.add(input, column + Half.count * step, step, taps)
  }
  @inline(__always) mutating func add(_ input: UnsafePointer<Float>, _ distance: Int, _ weight: Lanes) {
    first.add(input, distance, weight)
    second.add(input + Half.count * distance, distance, weight)
  }
  @inline(__always) mutating func add(_ value: Lanes, at column: Int, _ taps: Taps) {
    first.add(value, at: column, taps)
    second.add(value, at: column - Half.count, taps)
  }
  @inline(__always) mutating func add(_ value: Lanes, at column: Int, _ step: Int, _ taps: FiveTaps) {
    first.add(value, at: column, step, taps)
    second.add(value, at: column - Half.count * step, step, taps)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Float>, _ limits: Limits) {
    first.store(to: target, limits)
    second.store(to: target + Half.count * panelWidth, limits)
  }
}

typealias Two = Twice<One>
typealias Four = Twice<Two>
typealias Eight = Twice<Four>
