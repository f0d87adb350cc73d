internal import Pixels
internal import Posix

/// Memory for copies of a camera's raw pictures, used again and again: the home of its frames.
///
/// There are as many as were ever held at once. Frames may outlive the camera.
@safe
final class CameraShelf: FrameHome {
  @safe
  private struct Places {
    var starts: [UnsafeMutableRawPointer] = unsafe []
    var free: [Int] = []
  }
  private let places = Guarded(Places())
  private let byteCount: Int

  /// Memory for pictures of `byteCount` bytes.
  init(byteCount: Int) { self.byteCount = byteCount }

  deinit {
    places.withLock { places in while let start = unsafe places.starts.popLast() { unsafe start.deallocate() } }
  }

  /// Returns a place of its own with a copy of the first `byteCount` of `bytes`.
  ///
  /// - Precondition: there are so many.
  func copy(_ bytes: UnsafeRawBufferPointer) -> (start: UnsafeRawPointer, place: Int) {
    let (start, place) = unsafe take()
    unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: bytes.prefix(byteCount)))
    return (UnsafeRawPointer(start), place)
  }

  func takeBack(_ index: Int) { places.withLock { $0.free.append(index) } }

  private func take() -> (UnsafeMutableRawPointer, Int) {
    unsafe places.withLock { places in
      if let place = places.free.popLast() { return unsafe (places.starts[place], place) }
      unsafe places.starts.append(.allocate(byteCount: byteCount, alignment: 64))
      return unsafe (places.starts[places.starts.count - 1], places.starts.count - 1)
    }
  }
}
