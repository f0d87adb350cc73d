internal import Model
internal import Posix

/// A network as a file of Caffe's says it, text or binary, of whichever version: inputs and layers.
struct CaffeNet {
  /// Where it was read.
  let path: String
  /// What the network calls itself.
  private(set) var name = ""
  /// The blobs that are given to it, with their extents: pictures, channels, rows, columns.
  private(set) var inputs: [(name: String, extents: [Int])] = []
  /// All layers in their order, also those that are there in training only.
  private(set) var layers: [CaffeLayer] = []

  /// The most layers: far more than any network has.
  private static let mostLayers = 1 << 14

  /// Reads the text of the file at `path`.
  ///
  /// - Throws: `ImportError` where it is damaged.
  init(text: String, path: String) throws(ImportError) {
    self.path = path
    let fields: [TextProto.Field]
    do throws(TextProtoError) { fields = try TextProto.fields(of: text) } catch {
      throw ImportError(file: path, place: ["line \(error.line)"], reason: error.reason)
    }
    var rest: [TextProto.Field] = []
    for field in fields {
      switch (field.name, field.value) {
      case ("layer", .message(let fields)), ("layers", .message(let fields)):
        let layer = CaffeLayer(fields)
        if fields.contains(where: { $0.name == "blobs" }) {
          throw ImportError(file: path, place: layer.place, reason: "weights in a text are not supported")
        }
        layers.append(layer)
      default: rest.append(field)
      }
    }
    try take(rest)
  }

  /// Reads the binary form out of `bytes`, of the file at `path`.
  ///
  /// - Throws: `ImportError` where it is damaged.
  init(_ bytes: MappedFile, path: String) throws(ImportError) {
    self.path = path
    var rest: [TextProto.Field] = []
    do throws(ByteError) {
      var reader = unsafe WireReader(bytes.bytes)
      while let field = try reader.next() {
        switch (field.number, field.value) {
        case (100, .bytes(let range)): layers.append(try Self.layer(reader, range, .layer, blobs: 7))
        case (2, .bytes(let range)): layers.append(try Self.layer(reader, range, .oldLayer, blobs: 6))
        default: try CaffeSchema.net.append(field, of: reader, to: &rest)
        }
      }
    } catch { throw ImportError(file: path, error) }
    try take(rest)
  }

  /// Reads a layer with its weights.
  private static func layer(
    _ parent: WireReader, _ range: Range<Int>, _ schema: CaffeSchema, blobs number: Int
  ) throws(ByteError) -> CaffeLayer {
    var reader = try parent.message(in: range)
    var (fields, blobs) = ([TextProto.Field](), [CaffeBlob]())
    while let field = try reader.next() {
      if field.number == number, case .bytes(let range) = field.value {
        blobs.append(try CaffeBlob(try reader.message(in: range)))
      } else {
        try schema.append(field, of: reader, to: &fields)
      }
    }
    return CaffeLayer(fields, blobs: blobs)
  }

  /// Takes name and inputs out of the fields beside the layers.
  private mutating func take(_ fields: [TextProto.Field]) throws(ImportError) {
    guard layers.count <= Self.mostLayers else {
      throw ImportError(file: path, reason: "\(layers.count) layers are more than any network has")
    }
    var message = ConfigMessage(fields, path: [], file: path)
    name = try message.text("name") ?? ""
    var (names, shapes) = ([String](), [[TextProto.Field]]())
    for field in fields {
      switch (field.name, field.value) {
      case ("input", .scalar(let text)): names.append(text)
      case ("input_shape", .message(let shape)): shapes.append(shape)
      default: continue
      }
    }
    let loose = try message.wholeNumbers("input_dim", in: 1...1 << 20, most: 4 * max(names.count, 1))
    for (index, name) in names.enumerated() {
      var extents: [Int] = []
      if index < shapes.count {
        var shape = ConfigMessage(shapes[index], path: ["input_shape"], file: path)
        extents = try shape.wholeNumbers("dim", in: 1...1 << 20, most: 8)
      } else if loose.count >= 4 * (index + 1) {
        extents = Array(loose[4 * index..<4 * index + 4])
      }
      inputs.append((name, extents))
    }
    for layer in layers where layer.type == "Input" && layer.isRun {
      var parameters = try layer.parameters("input_param", file: path)
      var shape = try parameters.message("shape")
      let extents = try shape.wholeNumbers("dim", in: 1...1 << 20, most: 8)
      for top in layer.tops { inputs.append((top, extents)) }
    }
  }
}

extension ConfigMessage {
  /// Takes all whole numbers `name`.
  ///
  /// - Throws: `ImportError` iff one is none within `range`, or there are more than `most`.
  mutating func wholeNumbers(_ name: String, in range: ClosedRange<Int>, most: Int) throws(ImportError) -> [Int] {
    var result: [Int] = []
    for number in try numbers(name, in: Double(range.lowerBound)...Double(range.upperBound), most: most) {
      guard let whole = Int(exactly: number) else { throw error(name, "\(number) is no whole number") }
      result.append(whole)
    }
    return result
  }
}
