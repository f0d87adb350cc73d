internal import KernelCalls
internal import Kernels
internal import Posix

/// One run after the other of an engine, on memory and threads of its own.
public struct Session: ~Copyable, Sendable {
  private let engine: Engine
  private let team: Team
  private let arena: FloatBlock
  /// A part for each thread, behind a `Mark`.
  private let scratch: FloatBlock
  /// The number of the next turn.
  private var nextTurn = 1

  /// A session whose runs are shared by `threads` threads, the caller's included.
  ///
  /// - Precondition: `threads` is at least 1.
  public init(_ engine: Engine, threads: Int) {
    precondition(threads > 0, "A session runs on one thread at least.")
    self.engine = engine
    team = Team(size: threads)
    arena = FloatBlock(count: engine.plan.arenaCount)
    scratch = FloatBlock(count: Self.scratchStride(engine) * threads)
  }

  /// Returns how much processor time the session's own threads have used so far; they live as long as this is held.
  package var helpersTime: @Sendable () -> Duration { { [team] in team.timeUsed } }

  /// Runs the network on `input`; `body` reads the heads in place: box encodings [anchors, 4] and class logits
  /// [anchors, columns], flattened. Allocates nothing.
  ///
  /// - Precondition: `input` has the engine's layout, and the graph has two outputs.
  public mutating func run<Result, Failure: Error>(
    _ input: borrowing InputTensor, _ body: (_ boxes: Span<Float>, _ classes: Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(engine.plan.outputs.count == 2, "The graph has not two outputs but \(engine.plan.outputs.count).")
    run(input)
    return try withOutput(0) { boxes throws(Failure) in
      try withOutput(1) { classes throws(Failure) in try body(boxes, classes) }
    }
  }

  /// Runs the network on `input`; its results are then those of `withOutput`.
  ///
  /// - Precondition: `input` has the engine's layout.
  package mutating func run(_ input: borrowing InputTensor) {
    let memory = unsafe memory(for: input)
    // By index: unoptimized code allocates when it iterates over an array.
    for index in engine.plan.steps.indices { unsafe run(engine.plan.steps[index], memory) }
  }

  /// Runs the network on `input` as `run` does, and adds the time of each step to `times`, in the order of
  /// `Engine.steps`: for measurements only.
  ///
  /// - Precondition: `input` has the engine's layout.
  package mutating func run(_ input: borrowing InputTensor, timing times: inout [Duration]) {
    let memory = unsafe memory(for: input)
    var start = monotonicNow()
    for step in engine.plan.steps {
      unsafe run(step, memory)
      let end = monotonicNow()
      times.append(end - start)
      start = end
    }
  }

  /// Lends the values of the graph's output `index` as the last run left them.
  package func withOutput<Result, Failure: Error>(_ index: Int, _ body: (Span<Float>) throws(Failure) -> Result)
    throws(Failure) -> Result
  {
    let region = engine.plan.outputs[index]
    let start = unsafe UnsafePointer(arena.base + region.offset)
    return try body(unsafe Span(_unsafeStart: start, count: region.count))
  }

  /// Returns where the values of a run on `input` lie.
  @unsafe
  private func memory(for input: borrowing InputTensor) -> Memory {
    precondition(input.layout == engine.inputLayout, "The input is laid out for another engine.")
    return unsafe Memory(picture: input.memory + input.layout.origin, layout: input.layout, arena: arena.base)
  }

  /// Floats from one thread's scratch memory to the next one's.
  private static func scratchStride(_ engine: Engine) -> Int {
    Mark.floats + wholeLines(engine.plan.scratchCount)
  }

  /// Shares one step among the team.
  @unsafe
  private mutating func run(_ step: Step, _ memory: Memory) {
    let turn = unsafe Turn(
      number: nextTurn, step: step, pieces: step.pieces(threads: team.present),
      source: memory.strip(step.source, step.layer.input),
      second: step.second.map { unsafe memory.strip($0, step.layer.secondInput) },
      target: memory.strip(step.target, step.layer.output), scratch: scratch.base,
      scratchStride: Self.scratchStride(engine))
    nextTurn += 1
    // A closure without captures and a pointer: a closure that captured them would be allocated.
    unsafe withUnsafePointer(to: turn) { turn in
      unsafe team.run(turn.pointee.pieces.count, turn) { turn, piece, thread in
        unsafe turn.assumingMemoryBound(to: Turn.self).pointee.compute(piece, on: thread)
      }
    }
  }
}

/// One step under way: what the threads of a team read to compute its pieces.
@unsafe
private struct Turn {
  let number: Int
  let step: Step
  let pieces: Step.Pieces
  let source: Strip
  let second: Strip?
  let target: Strip
  /// Scratch memory of thread 0, and floats from one thread's to the next one's.
  let scratch: UnsafeMutablePointer<Float>
  let scratchStride: Int

  /// Computes piece `index` as thread `thread`.
  func compute(_ index: Int, on thread: Int) {
    let own = unsafe scratch + thread * scratchStride
    let mark = UnsafeMutableRawPointer(own)
    let isNext = unsafe mark.load(as: Mark.self) == Mark(turn: number, piece: index - 1)
    unsafe step.layer.compute(
      step.piece(index, of: pieces, isNext: isNext), from: source, adding: second, to: target,
      scratch: own + Mark.floats)
    unsafe mark.storeBytes(of: Mark(turn: number, piece: index), as: Mark.self)
  }
}

/// What a thread has computed last: it lies before its scratch memory, and tells what is in that.
private struct Mark: Equatable {
  let turn: Int
  let piece: Int

  /// Floats of a cache line, of which a mark takes the first.
  static let floats = wholeLines(1)
}

/// Where a run's values lie.
@unsafe
private struct Memory {
  /// The first pixel of the picture.
  let picture: UnsafeMutablePointer<Float>
  let layout: InputLayout
  let arena: UnsafeMutablePointer<Float>

  /// Returns the whole map of size `size` at `place`.
  func strip(_ place: Place, _ size: MapSize) -> Strip {
    switch place {
    case .picture:
      unsafe Strip(
        map: FeatureMap(picture, pixelStride: layout.channels, panelStride: panelWidth))
    case .panels(let offset):
      unsafe Strip(
        map: FeatureMap(
          arena + offset, pixelStride: size.elements.panelFloats, panelStride: size.pixels * size.elements.panelFloats))
    case .flat(let offset):
      unsafe Strip(map: FeatureMap(arena + offset, pixelStride: size.channels, panelStride: panelWidth))
    case .bytes(let offset):
      unsafe Strip(
        map: FeatureMap(
          (UnsafeMutableRawPointer(arena) + offset).assumingMemoryBound(to: Float.self), pixelStride: 0,
          panelStride: 0))
    }
  }
}
