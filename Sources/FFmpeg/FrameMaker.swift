internal import CFFmpeg
internal import Pixels
internal import Scene

/// Makes frames of decoded pictures: upright, and of a format of ours.
///
/// A picture that is both already is handed on as it is. Every other format is turned into 4:2:0, or into RGB or gray
/// where it is of that kind; 4:4:4 into RGB, which keeps its chroma. What lies on its side is copied upright.
@safe
struct FrameMaker: ~Copyable {
  private let shelf: PictureShelf
  private let orientation: Orientation?
  private var scaler = Scaler()
  private var converted = PictureMemory()
  private var laid = PictureMemory()

  /// A maker of frames whose home is `shelf`.
  ///
  /// - Parameter orientation: how all pictures are to be laid; nil where each tells itself.
  init(_ shelf: PictureShelf, orientation: Orientation?) { (self.shelf, self.orientation) = (shelf, orientation) }

  /// Makes a frame of `picture`, whose place at the shelf goes to the frame or back to the shelf.
  ///
  /// - Parameter form: what `shape.frameFormat()` says.
  /// - Throws: `MediaError` iff there is no memory, or swscale refuses.
  mutating func frame(
    of picture: UnsafeMutablePointer<AVFrame>, at place: Int, _ shape: PictureShape,
    _ form: (format: PixelFormat, isOwn: Bool), _ stamp: FrameStamp
  ) throws(MediaError) -> Frame {
    var (format, isOwn) = form
    let orientation = unsafe self.orientation ?? Orientation(of: picture) ?? .upright
    var current = unsafe Placed(picture: picture, place: place, shape: shape)
    if orientation != .upright, format.sampleBytes(ofPlane: 0) == nil { (format, isOwn) = (.yuv420p, false) }
    if !isOwn { current = try convert(current, to: format) }
    if orientation != .upright { current = try lay(current, format, orientation) }
    return unsafe shelf.frame(of: current.picture, at: current.place, current.shape, format, stamp)
  }

  /// A picture of the shelf.
  @safe
  private struct Placed {
    let picture: UnsafeMutablePointer<AVFrame>
    let place: Int
    let shape: PictureShape
  }

  /// Returns the picture in the format `format`; the old one's place goes back.
  private mutating func convert(_ old: Placed, to format: PixelFormat) throws(MediaError) -> Placed {
    defer { shelf.takeBack(old.place) }
    var shape = old.shape
    shape.format = format.ffmpeg
    let (target, place) = unsafe try shelf.take(
      width: shape.width, height: shape.height, format: shape.format, in: &converted)
    do throws(MediaError) {
      unsafe try scaler.scale(PlaneTable(of: old.picture), old.shape, into: PlaneTable(of: target), shape)
    } catch {
      shelf.takeBack(place)
      throw error
    }
    return unsafe Placed(picture: target, place: place, shape: shape)
  }

  /// Returns the picture upright; the old one's place goes back.
  private mutating func lay(
    _ old: Placed, _ format: PixelFormat, _ orientation: Orientation
  ) throws(MediaError) -> Placed {
    defer { shelf.takeBack(old.place) }
    var shape = old.shape
    (shape.width, shape.height) = orientation.shownSize(width: shape.width, height: shape.height)
    let (target, place) = unsafe try shelf.take(
      width: shape.width, height: shape.height, format: format.ffmpeg, in: &laid)
    for index in 0..<format.planeCount {
      guard let stored = unsafe SampleGrid(old.picture, old.shape, plane: index),
        let shown = unsafe SampleGrid(target, shape, plane: index),
        let bytes = format.sampleBytes(ofPlane: index)
      else { continue }
      orientation.lay(stored, to: shown, bytesPerSample: bytes)
    }
    return unsafe Placed(picture: target, place: place, shape: shape)
  }
}

extension SampleGrid {
  /// Plane `index` of a picture of the shape `shape`, the first at full size, the others halved; nil where it has none.
  fileprivate init?(_ picture: UnsafeMutablePointer<AVFrame>, _ shape: PictureShape, plane index: Int) {
    guard let start = unsafe picture.starts[index] else { return nil }
    let (width, height) = (Int(shape.width), Int(shape.height))
    unsafe self.init(
      start: start, stride: Int(picture.strides[index]), width: index == 0 ? width : (width + 1) / 2,
      height: index == 0 ? height : (height + 1) / 2)
  }
}

extension Orientation {
  /// The orientation that a display matrix of nine numbers asks for.
  init(_ matrix: UnsafePointer<Int32>) {
    unsafe self.init(displayMatrix: matrix[0], matrix[1], matrix[3], matrix[4])
  }

  /// What a picture says of itself: by a display matrix, or by EXIF where the decoder only passes that on; nil where it
  /// says nothing.
  fileprivate init?(of picture: UnsafeMutablePointer<AVFrame>) {
    if let data = unsafe av_frame_get_side_data(picture, AV_FRAME_DATA_DISPLAYMATRIX), unsafe data.pointee.size >= 36 {
      let bytes = unsafe UnsafeRawPointer(data.pointee.data)
      guard let bytes = unsafe bytes else { return nil }
      unsafe self.init(bytes.assumingMemoryBound(to: Int32.self))
      return
    }
    guard let entry = unsafe av_dict_get(picture.pointee.metadata, "Orientation", nil, 0),
      let text = unsafe entry.pointee.value.map({ unsafe String(cString: $0) }),
      let number = Int(String(text.filter { $0 != " " }))
    else { return nil }
    self.init(exif: number)
  }
}
