internal import Detecting
internal import Inference
internal import Pixels

/// The stage that chooses the frames worth it and makes them ready for the network.
struct PreparingStage: ~Copyable {
  /// By the sources' numbers.
  private var pacers: [Pacer]
  private var preparer: Preparer
  private let pool: TensorPool
  private let keepsPixels: Bool

  /// - Parameters:
  ///   - sourceCount: how many sources there are, each with a rhythm of its own.
  ///   - tensorCount: of so many pictures that are prepared, wait or are detected on.
  ///   - keepsPixels: whether a later stage draws on the pictures; else they go home here.
  init(_ loaded: LoadedModel, _ pacing: PacingSettings, sourceCount: Int, tensorCount: Int, keepsPixels: Bool) {
    let layout = loaded.engine.inputLayout
    pacers = Array(repeating: Pacer(pacing), count: sourceCount)
    preparer = Preparer(loaded.input, layout: layout, kernels: loaded.kernels)
    pool = TensorPool(layout: layout, capacity: tensorCount)
    self.keepsPixels = keepsPixels
  }

  /// Returns `picture` as the network wants it, where it is to look at it.
  ///
  /// - Throws: `PictureError` where the frame's size is out of range.
  mutating func prepare(_ picture: consuming CapturedPicture) throws(PictureError) -> PreparedPicture {
    let source = picture.source
    let frame = picture.frame
    let treatment = try pacers[source].treatment(of: frame)
    var tensor: InputTensor?
    if treatment == .detect {
      let taken = pool.take()
      try preparer.prepare(frame, into: taken)
      tensor = consume taken
    }
    let facts = PictureFacts(frame, of: source)
    let kept: Frame? = keepsPixels ? consume frame : nil
    return PreparedPicture(facts: facts, frame: kept, treatment: treatment, tensor: tensor)
  }
}
