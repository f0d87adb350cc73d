internal import CFFmpeg
internal import Pixels
internal import Posix
internal import Scene

/// The AVFrames of one source, used again and again: the home of its frames.
///
/// There are as many as were ever held at once. The bytes themselves belong to libavcodec's pool or to `PictureMemory`.
@safe
final class PictureShelf: FrameHome {
  @safe
  private struct Places {
    var pictures: [UnsafeMutablePointer<AVFrame>] = unsafe []
    var free: [Int] = []
  }
  private let places: Guarded<Places>

  init() { places = Guarded(Places()) }

  deinit {
    places.withLock { places in
      while let picture = unsafe places.pictures.popLast() {
        var last: UnsafeMutablePointer<AVFrame>? = unsafe picture
        unsafe av_frame_free(&last)
      }
    }
  }

  /// Returns an empty picture and its place, for `takeBack`.
  ///
  /// - Throws: `MediaError` iff there is no memory.
  func take() throws(MediaError) -> (picture: UnsafeMutablePointer<AVFrame>, place: Int) {
    let taken: (UnsafeMutablePointer<AVFrame>, Int)? = unsafe places.withLock { places in
      if let place = places.free.popLast() { return unsafe (places.pictures[place], place) }
      guard let picture = unsafe av_frame_alloc() else { return nil }
      unsafe places.pictures.append(picture)
      return unsafe (picture, places.pictures.count - 1)
    }
    return unsafe try allocated(taken)
  }

  /// Returns a picture with memory for `width` × `height` pixels of `format`, and its place, for `takeBack`.
  ///
  /// - Throws: `MediaError` iff the size is impossible or there is no memory.
  func take(
    width: Int32, height: Int32, format: AVPixelFormat, in memory: inout PictureMemory
  ) throws(MediaError) -> (picture: UnsafeMutablePointer<AVFrame>, place: Int) {
    let (picture, place) = unsafe try take()
    do throws(MediaError) { unsafe try memory.provide(picture, width: width, height: height, format: format) } catch {
      takeBack(place)
      throw error
    }
    return unsafe (picture, place)
  }

  /// Makes a frame of the picture at `place`, which comes back when the frame is dropped.
  ///
  /// - Precondition: the picture has memory of the shape `shape`, which `format` describes.
  func frame(
    of picture: UnsafeMutablePointer<AVFrame>, at place: Int, _ shape: PictureShape, _ format: PixelFormat,
    _ stamp: FrameStamp
  ) -> Frame {
    func plane(_ start: UnsafeMutablePointer<UInt8>?, _ stride: Int32, _ index: Int) -> Plane? {
      guard index < format.planeCount, let start = unsafe start else { return nil }
      return unsafe Plane(start: start, stride: Int(stride))
    }
    let (data, strides) = unsafe (picture.pointee.data, picture.pointee.linesize)
    guard let first = unsafe plane(data.0, strides.0, 0) else { preconditionFailure("a picture without memory") }
    return unsafe Frame(
      width: Int(shape.width), height: Int(shape.height), format: format, coding: shape.coding, stamp: stamp,
      planes: (first, plane(data.1, strides.1, 1), plane(data.2, strides.2, 2)), home: self, index: place)
  }

  func takeBack(_ place: Int) {
    places.withLock { places in
      unsafe av_frame_unref(places.pictures[place])
      places.free.append(place)
    }
  }

  /// How many pictures are out.
  var outCount: Int { places.withLock { unsafe $0.pictures.count - $0.free.count } }
}
