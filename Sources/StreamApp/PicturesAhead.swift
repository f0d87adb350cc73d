internal import Dispatch
package import FFmpeg
package import Pixels
package import Posix

/// The pictures of some files in their order, each read on a thread of its own while the one before it is looked at, and
/// the first while the model is loaded.
package struct PicturesAhead: ~Copyable {
  private var paths: ArraySlice<String>
  private let interrupt: Interrupt
  private let queue = DispatchQueue(label: "pictures")
  private let arrived = DispatchSemaphore(value: 0)
  private let picture = Guarded<Result<Frame, MediaError>?>(nil)
  private let isOneOfMany = Guarded(false)
  /// Whether the picture that `next` returned is the first of several in its file.
  package private(set) var wasOneOfMany = false

  /// Starts to read the first of `paths`.
  package init(_ paths: [String], interrupt: Interrupt) {
    (self.paths, self.interrupt) = (paths[...], interrupt)
    readNext()
  }

  /// Returns the next picture.
  ///
  /// - Precondition: there is one more path.
  /// - Throws: `MediaError` iff it cannot be read.
  package mutating func next() throws(MediaError) -> Frame {
    arrived.wait()
    guard let result = picture.withLock({ $0.take() }) else { preconditionFailure("no picture is left") }
    wasOneOfMany = isOneOfMany.withLock { $0 }
    readNext()
    return try result.get()
  }

  private mutating func readNext() {
    guard let path = paths.popFirst() else { return }
    queue.async { [picture, isOneOfMany, arrived, interrupt] in
      let result: Result<Frame, MediaError>
      var hasMore = false
      do throws(MediaError) { result = .success(try StillPicture.read(path, interrupt: interrupt, &hasMore)) } catch {
        result = .failure(error)
      }
      isOneOfMany.withLock { [hasMore] in $0 = hasMore }
      var slot: Result<Frame, MediaError>? = consume result
      picture.withLock { $0 = slot.take() }
      arrived.signal()
    }
  }
}
