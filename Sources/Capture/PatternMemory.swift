internal import Pixels
internal import Posix

/// The memory of one picture of a test pattern.
@safe
struct PatternMemory {
  let luma: UnsafeMutablePointer<UInt8>
  let u: UnsafeMutablePointer<UInt8>
  let v: UnsafeMutablePointer<UInt8>
  /// The luma of a row at phase 0, long enough for every phase; shared by all pictures.
  let ramp: UnsafePointer<UInt8>
}

/// The pictures of a test pattern, used again and again: the home of its frames.
@safe
final class PatternPool: FrameHome {
  @safe
  private struct Places {
    var starts: [UnsafeMutablePointer<UInt8>] = unsafe []
    var free: [Int] = []
  }
  private let places: Guarded<Places>
  nonisolated(unsafe) private let ramp: UnsafeMutablePointer<UInt8>
  private let width: Int
  private let height: Int
  /// How many pictures there may be; nil for as many as are held.
  private let capacity: Int?

  init(_ pattern: TestPattern, capacity: Int?) {
    (width, height, self.capacity) = (pattern.width, pattern.height, capacity)
    places = Guarded(Places())
    unsafe ramp = .allocate(capacity: width + 219)
    for x in 0..<width + 219 { unsafe ramp[x] = UInt8(16 + x % 219) }
  }

  deinit {
    places.withLock { places in while let start = unsafe places.starts.popLast() { unsafe start.deallocate() } }
    unsafe ramp.deallocate()
  }

  /// Returns the place of a picture that nobody holds; nil where all of a limited number are held.
  func take() -> Int? {
    let halves = (width + 1) / 2 * ((height + 1) / 2)
    return places.withLock { places -> Int? in
      if let place = places.free.popLast() { return place }
      guard unsafe places.starts.count < capacity ?? Int.max else { return nil }
      unsafe places.starts.append(.allocate(capacity: width * height + 2 * halves))
      return unsafe places.starts.count - 1
    }
  }

  /// Returns the memory of a picture that was taken.
  func memory(at place: Int) -> PatternMemory {
    let start = unsafe places.withLock { unsafe $0.starts[place] }
    let u = unsafe start + width * height
    return unsafe PatternMemory(
      luma: start, u: u, v: u + (width + 1) / 2 * ((height + 1) / 2), ramp: UnsafePointer(ramp))
  }

  func takeBack(_ index: Int) { places.withLock { $0.free.append(index) } }

  /// How many pictures are out.
  var outCount: Int { places.withLock { unsafe $0.starts.count - $0.free.count } }
}
