/// The fields of one of Caffe's messages by their numbers, as far as a network that is run needs them (`caffe.proto` of
/// the SSD branch). Others are skipped: forks add their own.
///
/// The binary form is read into the same tree of named fields as the text form, so that one reader serves both.
struct CaffeSchema: Sendable {
  /// What a field holds.
  indirect enum Kind: Sendable {
    case text, integer, float, flag
    /// A word by its number.
    case word([Int: String])
    case message(CaffeSchema)
  }

  private let fields: [Int: (name: String, kind: Kind)]

  init(_ fields: [Int: (String, Kind)]) { self.fields = fields.mapValues { (name: $0.0, kind: $0.1) } }

  /// Returns the fields of the message that `reader` reads, in their order.
  ///
  /// - Throws: `ByteError` where it is damaged.
  func fields(of reader: WireReader) throws(ByteError) -> [TextProto.Field] {
    var (reader, result) = (reader, [TextProto.Field]())
    while let field = try reader.next() { try append(field, of: reader, to: &result) }
    return result
  }

  /// Appends what `field` holds to `result`; nothing where it is not known.
  func append(_ field: WireReader.Field, of reader: WireReader, to result: inout [TextProto.Field]) throws(ByteError) {
    guard let (name, kind) = fields[field.number] else { return }
    var texts: [String] = []
    switch (kind, field.value) {
    case (.message(let schema), .bytes(let range)):
      let inner = try schema.fields(of: try reader.message(in: range))
      result.append(TextProto.Field(name: name, value: .message(inner)))
    case (.text, .bytes(let range)): texts = [try reader.text(in: range)]
    case (.integer, _), (.flag, _), (.word, _):
      var numbers: [Int] = []
      try reader.appendVarints(of: field, to: &numbers)
      if case .word(let words) = kind {
        texts = numbers.map { words[$0] ?? String($0) }
      } else {
        texts = numbers.map { String($0) }
      }
    case (.float, _):
      var numbers: [Float] = []
      try reader.appendFloats(of: field, to: &numbers)
      texts = numbers.map { "\($0)" }
    case (.message, _), (.text, _):
      throw ByteError(offset: reader.offset, reason: "field \(field.number) holds no \(name)")
    }
    for text in texts { result.append(TextProto.Field(name: name, value: .scalar(text))) }
  }
}

extension CaffeSchema {
  private static let shape = CaffeSchema([1: ("dim", .integer)])
  private static let phase = Kind.word([0: "TRAIN", 1: "TEST"])
  private static let rule = CaffeSchema([
    1: ("phase", phase), 2: ("min_level", .integer), 3: ("max_level", .integer), 4: ("stage", .text),
    5: ("not_stage", .text),
  ])
  private static let code = Kind.word([1: "CORNER", 2: "CENTER_SIZE", 3: "CORNER_SIZE"])

  /// The messages of parameters by their names, with their numbers in a layer and in a layer of the first version.
  private static let parameters: [(number: Int, old: Int?, name: String, schema: CaffeSchema)] = [
    (
      100, 36, "transform_param",
      CaffeSchema([
        1: ("scale", .float), 3: ("crop_size", .integer), 5: ("mean_value", .float),
        8: ("resize_param", .message(CaffeSchema([3: ("height", .integer), 4: ("width", .integer)]))),
      ])
    ),
    (104, 9, "concat_param", CaffeSchema([1: ("concat_dim", .integer), 2: ("axis", .integer)])),
    (
      106, 10, "convolution_param",
      CaffeSchema([
        1: ("num_output", .integer), 2: ("bias_term", .flag), 3: ("pad", .integer), 4: ("kernel_size", .integer),
        5: ("group", .integer), 6: ("stride", .integer), 9: ("pad_h", .integer), 10: ("pad_w", .integer),
        11: ("kernel_h", .integer), 12: ("kernel_w", .integer), 13: ("stride_h", .integer), 14: ("stride_w", .integer),
        16: ("axis", .integer), 18: ("dilation", .integer),
      ])
    ),
    (
      110, 24, "eltwise_param",
      CaffeSchema([1: ("operation", .word([0: "PROD", 1: "SUM", 2: "MAX"])), 2: ("coeff", .float)])
    ),
    (
      117, 17, "inner_product_param",
      CaffeSchema([
        1: ("num_output", .integer), 2: ("bias_term", .flag), 5: ("axis", .integer), 6: ("transpose", .flag),
      ])
    ),
    (
      118, 18, "lrn_param",
      CaffeSchema([
        1: ("local_size", .integer), 2: ("alpha", .float), 3: ("beta", .float),
        4: ("norm_region", .word([0: "ACROSS_CHANNELS", 1: "WITHIN_CHANNEL"])), 5: ("k", .float),
      ])
    ),
    (
      121, 19, "pooling_param",
      CaffeSchema([
        1: ("pool", .word([0: "MAX", 1: "AVE", 2: "STOCHASTIC"])), 2: ("kernel_size", .integer),
        3: ("stride", .integer), 4: ("pad", .integer), 5: ("kernel_h", .integer), 6: ("kernel_w", .integer),
        7: ("stride_h", .integer), 8: ("stride_w", .integer), 9: ("pad_h", .integer), 10: ("pad_w", .integer),
        12: ("global_pooling", .flag), 13: ("round_mode", .word([0: "CEIL", 1: "FLOOR"])),
      ])
    ),
    (123, 30, "relu_param", CaffeSchema([1: ("negative_slope", .float)])),
    (125, 39, "softmax_param", CaffeSchema([2: ("axis", .integer)])),
    (
      126, 31, "slice_param",
      CaffeSchema([1: ("slice_dim", .integer), 2: ("slice_point", .integer), 3: ("axis", .integer)])
    ),
    (131, nil, "prelu_param", CaffeSchema([2: ("channel_shared", .flag)])),
    (
      133, nil, "reshape_param",
      CaffeSchema([1: ("shape", .message(shape)), 2: ("axis", .integer), 3: ("num_axes", .integer)])
    ),
    (135, nil, "flatten_param", CaffeSchema([1: ("axis", .integer), 2: ("end_axis", .integer)])),
    (139, nil, "batch_norm_param", CaffeSchema([1: ("use_global_stats", .flag), 3: ("eps", .float)])),
    (
      142, nil, "scale_param",
      CaffeSchema([1: ("axis", .integer), 2: ("num_axes", .integer), 4: ("bias_term", .flag)])
    ),
    (143, nil, "input_param", CaffeSchema([1: ("shape", .message(shape))])),
    (
      201, nil, "multibox_loss_param",
      CaffeSchema([
        2: ("conf_loss_type", .word([0: "SOFTMAX", 1: "LOGISTIC"])), 4: ("num_classes", .integer),
        5: ("share_location", .flag), 9: ("background_label_id", .integer), 14: ("code_type", code),
        16: ("encode_variance_in_target", .flag),
      ])
    ),
    (202, nil, "permute_param", CaffeSchema([1: ("order", .integer)])),
    (
      203, nil, "prior_box_param",
      CaffeSchema([
        1: ("min_size", .float), 2: ("max_size", .float), 3: ("aspect_ratio", .float), 4: ("flip", .flag),
        5: ("clip", .flag), 6: ("variance", .float), 7: ("img_size", .integer), 8: ("img_h", .integer),
        9: ("img_w", .integer), 10: ("step", .float), 11: ("step_h", .float), 12: ("step_w", .float),
        13: ("offset", .float),
      ])
    ),
    (
      204, nil, "detection_output_param",
      CaffeSchema([
        1: ("num_classes", .integer), 2: ("share_location", .flag), 3: ("background_label_id", .integer),
        4: (
          "nms_param",
          .message(CaffeSchema([1: ("nms_threshold", .float), 2: ("top_k", .integer), 3: ("eta", .float)]))
        ),
        6: ("code_type", code), 7: ("keep_top_k", .integer), 8: ("variance_encoded_in_target", .flag),
        9: ("confidence_threshold", .float),
      ])
    ),
    (
      206, nil, "norm_param",
      CaffeSchema([1: ("across_spatial", .flag), 3: ("channel_shared", .flag), 4: ("eps", .float)])
    ),
  ]

  /// A layer without its weights.
  static let layer = CaffeSchema(
    parameters.reduce(into: [
      1: ("name", .text), 2: ("type", .text), 3: ("bottom", .text), 4: ("top", .text), 8: ("include", .message(rule)),
      9: ("exclude", .message(rule)),
    ]) { $0[$1.number] = ($1.name, .message($1.schema)) })

  /// A layer of the first version, or the one of version zero within it.
  static let oldLayer = CaffeSchema(
    parameters.reduce(into: [
      1: ("layer", .message(oldestLayer)), 2: ("bottom", .text), 3: ("top", .text), 4: ("name", .text),
      5: ("type", .word(CaffeNames.oldTypes)), 32: ("include", .message(rule)), 33: ("exclude", .message(rule)),
    ]) { fields, entry in
      if let number = entry.old { fields[number] = (entry.name, .message(entry.schema)) }
    })

  private static let oldestLayer = CaffeSchema([
    1: ("name", .text), 2: ("type", .text), 3: ("num_output", .integer), 4: ("biasterm", .flag), 7: ("pad", .integer),
    8: ("kernelsize", .integer), 9: ("group", .integer), 10: ("stride", .integer),
    11: ("pool", .word([0: "MAX", 1: "AVE", 2: "STOCHASTIC"])), 13: ("local_size", .integer), 14: ("alpha", .float),
    15: ("beta", .float), 65: ("concat_dim", .integer),
  ])

  /// A network without its layers.
  static let net = CaffeSchema([
    1: ("name", .text), 3: ("input", .text), 4: ("input_dim", .integer), 8: ("input_shape", .message(shape)),
  ])
}
