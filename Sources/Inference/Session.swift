/// One run after the other of an engine, on memory and threads of its own.
public struct Session: ~Copyable {
  /// A session whose runs are shared by `threads` threads, the caller's included.
  public init(_ engine: Engine, threads: Int) {}

  /// Runs the network on `input`; `body` reads the heads in place: box encodings [anchors, 4] and class logits
  /// [anchors, columns], flattened. Allocates nothing.
  public mutating func run<Result, Failure: Error>(
    _ input: borrowing InputTensor, _ body: (_ boxes: Span<Float>, _ classes: Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result { preconditionFailure() }
}
