internal import CFFmpeg
internal import Pixels

/// Turns pictures of one shape into another by libswscale: exact, not its fastest.
@safe
struct Scaler: ~Copyable {
  private var context: OpaquePointer?
  private var route: (from: PictureShape, to: PictureShape)?

  init() {}

  deinit { unsafe sws_freeContext(context) }

  /// Fills the planes `target`, which have memory of the shape `to`, from planes of the shape `from`.
  ///
  /// Beyond the end of a row of `target` up to its stride anything may be written.
  ///
  /// - Throws: `MediaError` iff swscale does not know the way.
  mutating func scale(
    _ source: PlaneTable, _ from: PictureShape, into target: PlaneTable, _ to: PictureShape
  ) throws(MediaError) {
    if route.map({ $0 != (from, to) }) ?? true { try prepare(from, to) }
    let done = unsafe source.lend { starts, strides in
      unsafe target.lend { targetStarts, targetStrides in
        unsafe sws_scale(
          context, starts.assumingMemoryBound(to: UnsafePointer<UInt8>?.self), strides, 0, from.height,
          targetStarts.assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self), targetStrides)
      }
    }
    try check(done, "converting a picture")
  }

  private mutating func prepare(_ from: PictureShape, _ to: PictureShape) throws(MediaError) {
    unsafe sws_freeContext(context)
    (unsafe context, route) = (nil, nil)
    let flags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT
    guard
      let made = unsafe sws_getContext(
        from.width, from.height, from.format, to.width, to.height, to.format, flags, nil, nil, nil)
    else {
      throw MediaError(reason: "swscale cannot turn \(from.width)x\(from.height) into \(to.width)x\(to.height)")
    }
    unsafe context = unsafe made
    // Fails only for pairs of formats that have no luma range to set.
    _ = unsafe sws_setColorspaceDetails(
      made, sws_getCoefficients(Int32(bitPattern: from.coding.matrix.space.rawValue)), from.coding.isFullRange ? 1 : 0,
      sws_getCoefficients(Int32(bitPattern: to.coding.matrix.space.rawValue)), to.coding.isFullRange ? 1 : 0, 0,
      1 << 16, 1 << 16)
    route = (from, to)
  }
}

/// The planes of a picture as swscale takes them: four pointers and four row strides.
@safe
struct PlaneTable {
  var starts: (UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafePointer<UInt8>?)
  var strides: (Int32, Int32, Int32, Int32)

  /// The planes of an AVFrame.
  init(of picture: UnsafeMutablePointer<AVFrame>) {
    let data = unsafe picture.pointee.data
    unsafe starts = unsafe (
      UnsafePointer(data.0), UnsafePointer(data.1), UnsafePointer(data.2), UnsafePointer(data.3)
    )
    let lines = unsafe picture.pointee.linesize
    strides = (lines.0, lines.1, lines.2, lines.3)
  }

  /// Calls `body` with where the four pointers and the four strides lie.
  fileprivate func lend<Result>(_ body: (UnsafeRawPointer, UnsafePointer<Int32>) -> Result) -> Result {
    unsafe withUnsafePointer(to: self) { table in
      let raw = unsafe UnsafeRawPointer(table)
      let strides = unsafe raw + (MemoryLayout.offset(of: \PlaneTable.strides) ?? 0)
      return unsafe body(raw, strides.assumingMemoryBound(to: Int32.self))
    }
  }

  /// The planes of a frame.
  init(of frame: borrowing Frame) {
    let (first, second, third) = frame.planes
    func bytes(_ plane: Plane?) -> UnsafePointer<UInt8>? {
      unsafe plane?.start.assumingMemoryBound(to: UInt8.self)
    }
    unsafe starts = unsafe (bytes(first), bytes(second), bytes(third), nil)
    strides = (
      Int32(clamping: first.stride), Int32(clamping: second?.stride ?? 0), Int32(clamping: third?.stride ?? 0), 0
    )
  }
}
