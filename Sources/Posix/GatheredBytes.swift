internal import Glibc

/// Bytes that are gathered in memory, piece by piece: the content of what lies in no file of its own.
@safe
package struct GatheredBytes: ~Copyable {
  /// How many there are so far.
  package private(set) var count = 0
  private var capacity = 0
  private var start: UnsafeMutableRawPointer?

  /// None yet.
  package init() { unsafe start = nil }

  deinit { unsafe free(start) }

  /// Lends room for `room` bytes to `fill`, which says how many it has written; zero or less is none.
  ///
  /// - Returns: what `fill` said.
  /// - Precondition: it is not more than `room`, which is above zero.
  /// - Throws: `PosixError` (ENOMEM) where there is no such room; then `fill` is not asked.
  package mutating func append(
    upTo room: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int
  ) throws(PosixError) -> Int {
    precondition(room > 0, "no room")
    if capacity - count < room {
      // Pages that nothing is written to cost nothing.
      let larger = max(count + room, 2 * capacity)
      guard let moved = unsafe realloc(start, larger) else { throw PosixError(call: "allocate", code: ENOMEM) }
      unsafe start = moved
      capacity = larger
    }
    let filled = unsafe fill(UnsafeMutableRawBufferPointer(rebasing: whole[count..<count + room]))
    precondition(filled <= room, "more was written than there was room for")
    count += max(filled, 0)
    return filled
  }

  /// All the room there is.
  private var whole: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(start: start, count: capacity)
  }

  /// Hands the memory over to who frees it; nil where nothing was gathered.
  consuming func released() -> UnsafeMutableRawPointer? {
    let start = unsafe start
    discard self
    return unsafe start
  }
}
