/// An estimate of a stage's processor time, from a sample of its elements.
///
/// A thread's processor time is asked of the system, which takes a fraction of a microsecond, on virtual machines
/// several. So it is asked for as often as it costs one part in 1000 of the stage's time: for each element of a stage that
/// takes milliseconds, which makes its sum exact, and for one in 64 at least of those that take microseconds. Which ones
/// is left to chance, so that no rhythm of the elements (every twelfth picture is a key frame) meets one of ours.
struct ProcessorSample {
  private static let thrift = 1000
  /// The most elements that one stands for on average.
  private static let mostSparse = 64
  /// Elements that are all measured: until then the cost of a measurement is not well known.
  private static let measuredAtFirst = 16
  /// How many elements the next measured one stands for: itself and those before it.
  private var gap = 1
  /// Elements since the last measured one.
  private var passed = 0
  private var covered = 0
  private var sum = Duration.zero
  /// A linear congruential generator (Knuth's MMIX); its high bits are the good ones.
  private var chance: UInt64 = 1

  /// Whether the next element is to be measured.
  var measuresNext: Bool { passed + 1 >= gap }

  /// Counts an element that was not measured.
  mutating func pass() { passed += 1 }

  /// Counts an element that was measured.
  ///
  /// - Parameters:
  ///   - used: what its thread used; what is above `taken` is the measurement's own and cut off.
  ///   - taken: how long it took.
  ///   - cost: how long one measurement takes.
  ///   - mean: how long the stage's elements take.
  mutating func add(_ used: Duration, of taken: Duration, cost: Duration, mean: Duration) {
    sum += min(max(used, .zero), taken) * (passed + 1)
    covered += passed + 1
    passed = 0
    let sparse = min(Double(Self.thrift) * (cost / max(mean, .nanoseconds(1))), Double(Self.mostSparse))
    chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    gap = sparse <= 1 || covered < Self.measuredAtFirst ? 1 : 1 + Int(chance >> 33) % (2 * Int(sparse) - 1)
  }

  /// The processor time of all elements that were counted.
  var time: Duration { covered > 0 ? sum + sum / covered * passed : .zero }
}
