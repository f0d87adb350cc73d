import Model
import ModelImport

/// A TensorFlow Lite model that a test writes, operator by operator.
struct WrittenLite {
  /// `TensorType`.
  enum Element: Int {
    case float32 = 0
    case float16, int32, uint8, int64
    case int8 = 9
  }

  var tensors: [WrittenTable] = []
  var buffers = [WrittenTable()]
  var codes: [WrittenTable] = []
  var operators: [WrittenTable] = []
  var inputs: [Int] = []
  var outputs: [Int] = []
  var metadata: [WrittenTable] = []
  private var places: [String: Int] = [:]

  /// Adds a tensor and returns its number.
  mutating func tensor(
    _ name: String, _ extents: [Int], _ type: Element = .float32, content: [UInt8]? = nil,
    scales: [Float] = [], zeros: [Int] = [], axis: Int = 0
  ) -> Int {
    var table = WrittenTable([0: .words(extents), 1: .byte(type.rawValue), 3: .text(name)])
    if let content {
      table[2] = .word(buffers.count)
      buffers.append(WrittenTable([0: .bytes(content)]))
    }
    if !scales.isEmpty {
      table[4] = .table(WrittenTable([2: .floats(scales), 3: .longs(zeros), 6: .word(axis)]))
    }
    tensors.append(table)
    return tensors.count - 1
  }

  /// Adds a constant of floats.
  mutating func floats(_ name: String, _ extents: [Int], _ values: [Float]) -> Int {
    tensor(name, extents, content: WireWriter.bytes(of: values))
  }

  /// Adds a constant of whole numbers.
  mutating func integers(_ name: String, _ values: [Int], extents: [Int]? = nil) -> Int {
    let content = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    return tensor(name, extents ?? [values.count], .int32, content: content)
  }

  /// Adds an operator.
  mutating func add(
    _ code: Int, _ inputs: [Int], _ outputs: [Int], _ options: WrittenTable? = nil, custom: String? = nil,
    customOptions: [UInt8]? = nil, version: Int = 1
  ) {
    let key = custom ?? "\(code)"
    if places[key] == nil {
      places[key] = codes.count
      var table = WrittenTable([0: .byte(min(code, 127)), 2: .word(version), 3: .word(code)])
      if let custom { table[1] = .text(custom) }
      codes.append(table)
    }
    var table = WrittenTable([0: .word(places[key]!), 1: .words(inputs), 2: .words(outputs)])
    if let options { (table[3], table[4]) = (.byte(1), .table(options)) }
    if let customOptions { table[5] = .bytes(customOptions) }
    operators.append(table)
  }

  /// The model as a file.
  var bytes: [UInt8] {
    let graph = WrittenTable([
      0: .tables(tensors), 1: .words(inputs), 2: .words(outputs), 3: .tables(operators), 4: .text("main"),
    ])
    return WrittenTable([
      0: .word(3), 1: .tables(codes), 2: .tables([graph]), 3: .text("written by a test"), 4: .tables(buffers),
      6: .tables(metadata),
    ]).bytes(identifier: "TFL3")
  }

  /// Imports the model from a file of its own.
  func model(labels: String? = nil) throws -> DetectionModel { try Self.model(bytes, labels: labels) }

  /// Imports the model that `bytes` are; `labels` are the lines of a label file beside it.
  static func model(_ bytes: [UInt8], labels: String? = nil) throws -> DetectionModel {
    try withFile(bytes, named: "model.tflite") { path in
      guard let labels else { return try ModelLoader.model(at: path) }
      return try withFile(Array(labels.utf8), named: "list.txt") { try ModelLoader.model(at: path, labels: $0) }
    }
  }

  /// Returns the line with which the import fails, without the file's path; nil where it succeeds.
  func refusal() throws -> String? {
    do {
      _ = try model()
      return nil
    } catch let error as ImportError {
      return (error.place + [error.reason]).joined(separator: ": ")
    }
  }
}

/// A detector of two maps and one class as a TensorFlow Lite file, with the detection operator at its end: picture 8×8,
/// maps 4×4 and 2×2 of 4 channels, one anchor a cell.
enum TinyLite {
  /// Anchors: y and x of the centre, height, width.
  static let anchors: [Float] = (0..<20).flatMap { row -> [Float] in
    [Float(row) / 20, 0.5, 0.25, Float(row % 4 + 1) / 8]
  }

  /// A flexbuffer of four-byte values; whole numbers and floats by their sorted names.
  static func options(_ changes: [String: Double?] = [:]) -> [UInt8] {
    var values: [String: Double] = [
      "max_detections": 6, "max_classes_per_detection": 1, "num_classes": 1, "nms_score_threshold": 0.25,
      "nms_iou_threshold": 0.5, "y_scale": 10, "x_scale": 10, "h_scale": 5, "w_scale": 5, "use_regular_nms": 0,
    ]
    for (name, value) in changes { values[name] = value }
    let sorted = values.sorted { $0.key < $1.key }
    var bytes: [UInt8] = []
    var starts: [Int] = []
    for (name, _) in sorted {
      starts.append(bytes.count)
      bytes += Array(name.utf8) + [0]
    }
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    bytes += word(sorted.count)
    let keys = bytes.count
    for start in starts { bytes += word(bytes.count - start) }
    bytes += word(bytes.count - keys) + word(4) + word(sorted.count)
    let map = bytes.count
    for (name, value) in sorted {
      let isWhole = !name.hasSuffix("scale") && !name.hasSuffix("threshold")
      bytes += word(isWhole ? Int(value) : Int(Float(value).bitPattern))
    }
    for (name, _) in sorted { bytes.append(name.hasSuffix("scale") || name.hasSuffix("threshold") ? 0x0E : 0x06) }
    return bytes + word(bytes.count - map) + [0x26, 4]
  }

  private static func ramp(_ count: Int, _ step: Int = 7) -> [Float] { (0..<count).map { Float($0 % step) / 8 - 0.25 } }

  /// The whole model; `isQuantized` lets values and weights be of 8 bits, `isSigned` with a sign, the weights then with a
  /// scale for each output channel, and real numbers before the detection operator.
  static func model(options: [UInt8] = options(), isQuantized: Bool = false, isSigned: Bool = false) -> WrittenLite {
    var lite = WrittenLite()
    let (type, scales, zeros): (WrittenLite.Element, [Float], [Int]) =
      isSigned ? (.int8, [0.0078125], [0]) : isQuantized ? (.uint8, [0.0078125], [128]) : (.float32, [], [])
    func weights(_ name: String, _ extents: [Int]) -> Int {
      let count = extents.reduce(1, *)
      if isSigned {
        let (axis, content) = (extents[0] == 1 ? 3 : 0, ramp(count).map { UInt8(bitPattern: Int8($0 * 64)) })
        return lite.tensor(
          name, extents, .int8, content: content, scales: (0..<extents[axis]).map { Float($0 + 8) / 512 },
          zeros: Array(repeating: 0, count: extents[axis]), axis: axis)
      }
      guard isQuantized else { return lite.floats(name, extents, ramp(count)) }
      let content = ramp(count).map { UInt8(Int($0 * 64) + 128) }
      return lite.tensor(name, extents, .uint8, content: content, scales: [0.015625], zeros: [128])
    }
    func real(_ tensor: Int, _ extents: [Int]) -> Int {
      guard isSigned else { return tensor }
      let output = lite.tensor("real \(tensor)", extents)
      lite.add(6, [tensor], [output])
      return output
    }
    func map(_ name: String, _ extents: [Int]) -> Int { lite.tensor(name, extents, type, scales: scales, zeros: zeros) }
    func window(stride: Int, activation: Int, at field: Int) -> WrittenTable {
      WrittenTable([0: .byte(0), 1: .word(stride), 2: .word(stride), field: .byte(activation)])
    }
    let picture = map("picture", [1, 8, 8, 3])
    lite.inputs = [picture]
    let first = map("First/Conv2D", [1, 4, 4, 4])
    lite.add(3, [picture, weights("w", [4, 3, 3, 3]), -1], [first], window(stride: 2, activation: 3, at: 3))
    let second = map("Other;Second/depthwise", [1, 2, 2, 4])
    lite.add(4, [first, weights("d", [1, 3, 3, 4]), -1], [second], window(stride: 2, activation: 1, at: 4))
    func predictor(_ name: String, _ source: Int, _ cells: [Int], _ channels: Int) -> Int {
      let output = map("\(name)/Conv2D", [1] + cells + [channels])
      lite.add(
        3, [source, weights("\(name)/w", [channels, 1, 1, 4]), -1], [output], window(stride: 1, activation: 0, at: 3))
      let flat = map("\(name)/Reshape", [1, cells[0] * cells[1], channels])
      lite.add(22, [output, lite.integers("\(name)/shape", [1, -1, channels])], [flat])
      return flat
    }
    func joined(_ name: String, _ parts: [Int], _ columns: Int) -> Int {
      let output = map(name, [1, 20, columns])
      lite.add(2, parts, [output], WrittenTable([0: .word(1)]))
      return output
    }
    let boxes = joined("boxes", [predictor("B0", first, [4, 4], 4), predictor("B1", second, [2, 2], 4)], 4)
    let logits = joined("logits", [predictor("C0", first, [4, 4], 2), predictor("C1", second, [2, 2], 2)], 2)
    let scores = map("scores", [1, 20, 2])
    lite.add(14, [logits], [scores])
    let prior = lite.floats("anchors", [20, 4], anchors)
    lite.outputs = ["", ":1", ":2", ":3"].map { lite.tensor("TFLite_Detection_PostProcess\($0)", []) }
    lite.add(
      32, [real(boxes, [1, 20, 4]), real(scores, [1, 20, 2]), prior], lite.outputs,
      custom: "TFLite_Detection_PostProcess", customOptions: options)
    return lite
  }

  /// `bytes` with metadata's list of labels behind them in a zip archive; `method` 0 is stored.
  static func appended(_ bytes: [UInt8], _ name: String, _ text: String, method: Int = 0) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let content = Array(text.utf8)
    let common =
      number(20, 2) + number(0, 2) + number(method, 2) + number(0, 8) + number(content.count, 4)
      + number(content.count, 4) + number(name.utf8.count, 2) + number(0, 2)
    let local = Array("PK\u{3}\u{4}".utf8) + common + Array(name.utf8) + content
    let entry =
      Array("PK\u{1}\u{2}".utf8) + number(20, 2) + common + number(0, 10) + number(bytes.count, 4) + Array(name.utf8)
    let end =
      Array("PK\u{5}\u{6}".utf8) + number(0, 4) + number(1, 2) + number(1, 2) + number(entry.count, 4)
      + number(bytes.count + local.count, 4) + number(0, 2)
    return bytes + local + entry + end
  }
}
