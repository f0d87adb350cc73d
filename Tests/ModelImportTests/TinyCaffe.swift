import Foundation
import ModelImport
import TestData

/// A small Caffe SSD: its text, and the binary with the same network and made-up weights.
enum TinyCaffe {
  /// The text, of the corpus.
  static var text: String {
    get throws {
      let place = "Tests/FuzzCorpus/prototxt/tiny-ssd.prototxt"
      return try String(contentsOf: TestData.checkout.appending(path: place), encoding: .utf8)
    }
  }

  /// The numbers of fields, and of messages with what is in them.
  private indirect enum Kind {
    case text(Int)
    case integer(Int)
    case float(Int)
    case flag(Int)
    case word(Int, [String: Int])
    case message(Int, [String: Kind])
  }

  private static let shape = Kind.message(1, ["dim": .integer(1)])
  private static let layer: [String: Kind] = [
    "name": .text(1), "type": .text(2), "bottom": .text(3), "top": .text(4),
    "include": .message(8, ["phase": .word(1, ["TRAIN": 0, "TEST": 1])]),
    "concat_param": .message(104, ["axis": .integer(2)]),
    "convolution_param": .message(
      106,
      [
        "num_output": .integer(1), "bias_term": .flag(2), "pad": .integer(3), "kernel_size": .integer(4),
        "group": .integer(5), "stride": .integer(6),
      ]),
    "eltwise_param": .message(110, ["operation": .word(1, ["SUM": 1]), "coeff": .float(2)]),
    "pooling_param": .message(
      121,
      [
        "pool": .word(1, ["MAX": 0]), "kernel_size": .integer(2), "stride": .integer(3),
        "round_mode": .word(13, ["CEIL": 0, "FLOOR": 1]),
      ]),
    "softmax_param": .message(125, ["axis": .integer(2)]),
    "slice_param": .message(126, ["slice_point": .integer(2), "axis": .integer(3)]),
    "reshape_param": .message(133, ["shape": shape]), "flatten_param": .message(135, ["axis": .integer(1)]),
    "batch_norm_param": .message(139, ["eps": .float(3)]), "scale_param": .message(142, ["bias_term": .flag(4)]),
    "permute_param": .message(202, ["order": .integer(1)]),
    "prior_box_param": .message(
      203,
      [
        "min_size": .float(1), "max_size": .float(2), "aspect_ratio": .float(3), "clip": .flag(5),
        "variance": .float(6), "step": .float(10),
      ]),
    "detection_output_param": .message(
      204,
      [
        "num_classes": .integer(1), "nms_param": .message(4, ["nms_threshold": .float(1), "top_k": .integer(2)]),
        "code_type": .word(6, ["CENTER_SIZE": 2]), "keep_top_k": .integer(7), "confidence_threshold": .float(9),
      ]),
    "norm_param": .message(206, ["across_spatial": .flag(1), "channel_shared": .flag(3)]),
  ]
  private static let net: [String: Kind] = [
    "name": .text(1), "input": .text(3), "input_shape": .message(8, ["dim": .integer(1)]),
    "layer": .message(100, layer),
  ]

  /// The extents of each layer's weights.
  private static let blobs: [String: [[Int]]] = [
    "conv": [[8, 3, 3, 3], [8]], "bn": [[8], [8], [1]], "scale": [[8], [8]], "dw": [[8, 1, 3, 3], [8]], "norm": [[8]],
    "loc1": [[12, 8, 1, 1], [12]], "conf1": [[9, 8, 1, 1], [9]], "loc2": [[8, 8, 3, 3]], "conf2": [[6, 8, 3, 3], [6]],
  ]

  /// The binary form.
  static var binary: [UInt8] { get throws { try binary(of: text) } }

  /// The binary form of a text like that.
  static func binary(of text: String) throws -> [UInt8] {
    var writer = WireWriter()
    write(try TextProto.fields(of: text), net, to: &writer)
    return writer.bytes
  }

  private static func write(_ fields: [TextProto.Field], _ kinds: [String: Kind], to writer: inout WireWriter) {
    for field in fields {
      switch (kinds[field.name], field.value) {
      case (.text(let number), .scalar(let text)): writer.field(number, bytes: Array(text.utf8))
      case (.integer(let number), .scalar(let text)): writer.field(number, varint: Int(text) ?? 0)
      case (.float(let number), .scalar(let text)): writer.field(number, float: Float(text) ?? 0)
      case (.flag(let number), .scalar(let text)): writer.field(number, varint: text == "true" ? 1 : 0)
      case (.word(let number, let words), .scalar(let text)): writer.field(number, varint: words[text] ?? 0)
      case (.message(let number, let inner), .message(let fields)):
        writer.field(number) { message in
          write(fields, inner, to: &message)
          guard field.name == "layer", case .scalar(let name)? = fields.first?.value else { return }
          for extents in blobs[name] ?? [] { message.field(7) { blob in write(extents, name, to: &blob) } }
        }
      default: preconditionFailure("The text has \(field.name), which is not written.")
      }
    }
  }

  /// Writes a blob of these extents; variances are positive.
  private static func write(_ extents: [Int], _ layer: String, to blob: inout WireWriter) {
    let count = extents.reduce(1, *)
    let least: Float = layer == "bn" ? 0.5 : -0.25
    blob.field(5, bytes: WireWriter.bytes(of: (0..<count).map { Float(($0 * 37 + count) % 17) / 16 + least }))
    blob.field(7) { shape in for extent in extents { shape.field(1, varint: extent) } }
  }
}
