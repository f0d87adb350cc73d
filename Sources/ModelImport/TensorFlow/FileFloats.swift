internal import Model
internal import Posix

/// Float32 values of a mapped file: where they lie, or a copy where that is no address for floats.
@safe
final class FileFloats: ConstantStorage {
  /// Held as long as `floats` lie in it.
  private let file: MappedFile?
  nonisolated(unsafe) let floats: UnsafeBufferPointer<Float>

  /// Nil where `range` leaves the file or holds no whole floats.
  init?(_ file: MappedFile, _ range: Range<Int>) {
    guard range.count % MemoryLayout<Float>.stride == 0, range.lowerBound >= 0,
      unsafe range.upperBound <= file.bytes.count
    else { return nil }
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: file.bytes[range])
    if range.lowerBound % MemoryLayout<Float>.alignment == 0 {
      self.file = file
      unsafe floats = bytes.bindMemory(to: Float.self)
    } else {
      self.file = nil
      let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: range.count / MemoryLayout<Float>.stride)
      unsafe UnsafeMutableRawBufferPointer(copy).copyMemory(from: bytes)
      unsafe floats = UnsafeBufferPointer(copy)
    }
  }

  deinit {
    if file == nil { unsafe floats.deallocate() }
  }
}
