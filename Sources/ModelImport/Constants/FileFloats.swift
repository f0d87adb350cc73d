internal import Model
internal import Posix

/// Float32 values of a mapped file, which is held: lent where they lie, or in a copy where that is no address for floats.
@safe
final class FileFloats: ConstantStorage {
  private let file: MappedFile
  private let range: Range<Int>

  /// Nil where `range` leaves the file or holds no whole floats.
  init?(_ file: MappedFile, _ range: Range<Int>) {
    guard range.count % MemoryLayout<Float>.stride == 0, range.lowerBound >= 0, range.upperBound <= file.count else {
      return nil
    }
    (self.file, self.range) = (file, range)
  }

  /// How many there are.
  var count: Int { range.count / MemoryLayout<Float>.stride }

  func withFloats<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = unsafe bytes
    if range.lowerBound % MemoryLayout<Float>.alignment == 0 {
      return unsafe try body(bytes.bindMemory(to: Float.self))
    }
    // Made anew whenever it is asked for: memory that was just given back is there at once, fresh memory is not.
    let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    defer { unsafe copy.deallocate() }
    unsafe UnsafeMutableRawBufferPointer(copy).copyMemory(from: bytes)
    return unsafe try body(UnsafeBufferPointer(copy))
  }

  func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result { try unsafe body(bytes) }

  /// The floats where they lie in the file.
  private var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: file.bytes[range]) }
}
