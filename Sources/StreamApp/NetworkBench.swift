internal import Inference
internal import Kernels
internal import Posix

/// Times a network, whose work is the same for every picture, on one that is grey.
struct NetworkBench {
  let engine: Engine
  let kernels: KernelSet
  let precision: Precision
  /// Timed runs of each measurement.
  let repeats: Int
  /// Ends a measurement at its next run.
  let interrupt: Interrupt

  /// Runs before the timed ones: they warm caches and wake the threads.
  static let warmUp = 10

  /// How fast whole runs are on some threads.
  struct Row {
    let threads: Int
    let spread: Spread
    /// GFLOP/s of so many threads in a loop of multiply-adds, measured right before.
    let peak: Double
  }

  /// How fast one step is.
  struct Layer {
    let step: StepDescription
    let median: Duration
  }

  /// Returns how long a session takes for its memory, its threads and the first picture.
  func firstRun(threads: Int) -> Duration {
    let tensor = engine.greyPicture()
    let start = monotonicNow()
    var session = Session(engine, threads: threads)
    session.run(tensor)
    return monotonicNow() - start
  }

  /// Times whole runs on `threads` threads; nil when interrupted.
  func row(threads: Int) -> Row? {
    let peak =
      switch precision {
      case .float32: kernels.peakRate(threads: threads)
      case .bfloat16: kernels.halves.peakRate(threads: threads)
      }
    let tensor = engine.greyPicture()
    var session = Session(engine, threads: threads)
    var times: [Duration] = []
    for run in 0..<repeats + Self.warmUp {
      if interrupt.isRequested { return nil }
      let start = monotonicNow()
      session.run(tensor)
      if run >= Self.warmUp { times.append(monotonicNow() - start) }
    }
    return Spread(times).map { Row(threads: threads, spread: $0, peak: peak) }
  }

  /// Times each step of runs on `threads` threads; nil when interrupted.
  func layers(threads: Int) -> [Layer]? {
    let steps = engine.steps
    let tensor = engine.greyPicture()
    var session = Session(engine, threads: threads)
    for _ in 0..<Self.warmUp { session.run(tensor) }
    // One run after the other: all times of the first, then all of the second.
    var times: [Duration] = []
    for _ in 0..<repeats {
      if interrupt.isRequested { return nil }
      session.run(tensor, timing: &times)
    }
    return steps.indices.compactMap { index in
      Spread(ofStep: index, of: steps.count, in: times).map { Layer(step: steps[index], median: $0.median) }
    }
  }
}

extension Engine {
  /// Returns a picture to time the network on.
  func greyPicture() -> InputTensor { TensorPool(layout: inputLayout, capacity: 1).take() }
}

/// Where some durations lie.
struct Spread {
  let least: Duration
  let median: Duration
  /// What nine of ten do not exceed.
  let percentile90: Duration

  /// The spread of `times`, by nearest rank; nil where there are none.
  init?(_ times: [Duration]) {
    let sorted = times.sorted()
    guard let least = sorted.first else { return nil }
    self.least = least
    median = sorted[(sorted.count - 1) / 2]
    percentile90 = sorted[(sorted.count * 9 + 9) / 10 - 1]
  }

  /// The spread of what step number `step` of `count` took, where `times` has those of all steps, run by run.
  init?(ofStep step: Int, of count: Int, in times: [Duration]) {
    self.init(stride(from: step, to: times.count, by: count).map { times[$0] })
  }
}
