internal import Model
internal import Posix

/// The weights of a model's layers, found by the layers' names, never by their place.
///
/// Where there is no file of weights they are random, as those of a configuration are, so that a network can be looked
/// at and measured without them.
struct CaffeWeights {
  /// Where they lie; nil for random ones.
  let file: (path: String, bytes: MappedFile)?
  /// What is left of the file's layers that have weights, by name: of one name the first comes first.
  private var layers: [String: [[CaffeBlob]]] = [:]
  private var random = RandomWeights()
  private var randomCount = 0

  /// The most random weights: more than SSD with VGG's backbone has.
  private static let mostRandom = 1 << 25

  /// Where the network is.
  private let path: String

  /// The weights in `net`, which was read from `bytes`, for the network at `path`; random ones where there is none.
  init(_ net: CaffeNet?, _ bytes: MappedFile?, for path: String) {
    self.path = path
    guard let net, let bytes else {
      file = nil
      return
    }
    file = (net.path, bytes)
    for layer in net.layers where !layer.blobs.isEmpty { layers[layer.name, default: []].append(layer.blobs) }
  }

  /// Takes the numbers of `layer`, whose blobs have these extents.
  ///
  /// - Parameters:
  ///   - spread: how far random ones lie from `center` at most.
  /// - Throws: `ImportError` naming the layer where its blobs are others.
  mutating func take(_ layer: CaffeLayer, _ shapes: [[Int]], spread: Float = 0.1, around center: Float = 0)
    throws(ImportError) -> [[Float]]
  {
    guard let file else { return try makeUp(layer, shapes, spread: spread, around: center) }
    func fault(_ reason: String) -> ImportError { ImportError(file: file.path, place: layer.place, reason: reason) }
    guard var left = layers[layer.name], !left.isEmpty else { throw fault("it has no weights") }
    let blobs = left.removeFirst()
    layers[layer.name] = left
    guard blobs.count == shapes.count else {
      throw fault("\(blobs.count) blobs of weights instead of \(shapes.count)")
    }
    var result: [[Float]] = []
    for (blob, shape) in zip(blobs, shapes) {
      guard blob.plainExtents == Array(shape.drop { $0 == 1 }) else {
        throw fault("weights \(Shape(blob.extents)) instead of \(Shape(shape))")
      }
      result.append(blob.floats(in: file.bytes))
    }
    return result
  }

  private mutating func makeUp(
    _ layer: CaffeLayer, _ shapes: [[Int]], spread: Float, around center: Float
  ) throws(ImportError) -> [[Float]] {
    var result: [[Float]] = []
    for shape in shapes {
      guard let count = Shape(shape).count, count <= Self.mostRandom - randomCount else {
        throw ImportError(file: path, place: layer.place, reason: "the network has more weights than are made up")
      }
      randomCount += count
      result.append(random.values(count, in: center - spread...center + spread))
    }
    return result
  }
}
