import KernelCalls
import Kernels
import TestData

/// Floats between two fences that nobody may write.
final class Fenced {
  /// Floats of each fence.
  private static let fence = 64
  /// A NaN that no kernel makes.
  private static let canary = Float(bitPattern: 0x7FC0_DEAD)
  let base: UnsafeMutablePointer<Float>
  let count: Int

  init(_ values: [Float]) {
    count = values.count
    let whole = UnsafeMutablePointer<Float>.allocate(capacity: count + 2 * Fenced.fence)
    whole.initialize(repeating: Fenced.canary, count: count + 2 * Fenced.fence)
    base = whole + Fenced.fence
    base.update(from: values, count: count)
  }

  /// Fenced canaries: what is not written stays recognizable.
  convenience init(unwritten count: Int) { self.init([Float](repeating: Fenced.canary, count: count)) }

  deinit { (base - Fenced.fence).deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// Whether nothing was written before or behind the floats.
  var fencesStand: Bool {
    (0..<Fenced.fence).allSatisfy {
      (base - 1 - $0).pointee.bitPattern == Fenced.canary.bitPattern
        && (base + count + $0).pointee.bitPattern == Fenced.canary.bitPattern
    }
  }

  /// Returns whether the floats are as near to `expected` as sums of `terms` products of numbers below 1 can be asked to
  /// be, canaries stand where `expected` has them, and the fences stand.
  func agrees(with expected: Fenced, terms: Int) -> Bool {
    let tolerance = Float.ulpOfOne * Float(terms + 4)
    let isNear = zip(values, expected.values).allSatisfy { found, expected in
      expected.isNaN ? found.bitPattern == expected.bitPattern : abs(found - expected) <= tolerance
    }
    return isNear && fencesStand
  }
}

/// Random numbers that are the same in every run.
struct Dice {
  private var numbers: SeededGenerator

  init(_ seed: Int) { numbers = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed)) }

  /// Returns `count` numbers from −1 to 1.
  mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1...1, using: &numbers) } }
}

/// How a feature map lies in a test.
enum Arrangement: CaseIterable {
  case nhwc
  case panels

  func map(_ memory: Fenced, pixels: Int, channels: Int) -> FeatureMap {
    switch self {
    case .nhwc: FeatureMap(memory.base, pixelStride: padded(channels), panelStride: panelWidth)
    case .panels: FeatureMap(panels: memory.base, pixels: pixels)
    }
  }

  /// Returns a map with zeros in the channels that pad it, because sets may leave them out of their sums.
  func zeroPadded(_ values: [Float], pixels: Int, channels: Int) -> Fenced {
    let memory = Fenced(values)
    let map = map(memory, pixels: pixels, channels: channels)
    for pixel in 0..<pixels {
      for channel in channels..<padded(channels) { map.address(pixel: pixel, channel: channel).pointee = 0 }
    }
    return memory
  }
}

/// The sets that this CPU can run, but for the reference.
let fastSets = KernelSet.all.filter { $0.isSupported && $0.name != "reference" }.map(\.name)

extension KernelSet {
  /// Returns `matrix` [inputs][outputs] as this set's products want it.
  func packed(_ matrix: [Float], inputs: Int, outputs: Int, inPairs: Bool = false) -> Fenced {
    let packed = Fenced(unwritten: inputs * padded(outputs))
    pack(matrix, inputs: inputs, outputs: outputs, inPairs: inPairs, into: packed.base)
    return packed
  }
}

/// Returns `values` with zeros up to whole panels.
func paddedPanels(_ values: [Float]) -> Fenced {
  Fenced(values + [Float](repeating: 0, count: padded(values.count) - values.count))
}
