internal import JSON
internal import Model
internal import Scene

extension ModelDescription {
  /// The description as one JSON object, on one line.
  ///
  /// - `name`, `format`, `path`: strings; `arithmetic`: `float32`, `integer8`.
  /// - `input`: `width`, `height`, `channels` (`rgb`, `bgr`), `resize` (`tensorflow_legacy`, `half_pixel_centers`, `opencv`, `pillow`), `scale`, `offset`,
  ///   or `mean`, `scale`, `offset` of each channel, `normalized` (`before_resize`, `after_resize`).
  /// - `assumed`: what the file leaves open and where the answer is from, an array of sentences.
  /// - `heads`: `anchors`, `columns`, `order` of the box numbers (`yxhw`, `xywh`, `xyxy`, `corners`), their `factors` (y, x,
  ///   height, width), whether `anchors_have_factors` of their own in place of these, `max_log_size` (null is without limit).
  /// - `classes`: `first` number and `count`, `background` (its column or null), `scores` (`sigmoid`, `softmax`,
  ///   `identity`), `labels_from` (a path, a data set or null), `labels` (an object: number → name).
  /// - `suppression`: `score_threshold`, `iou_threshold`, `clipping` (`before`, `after`, `never`), `drops_empty_boxes`,
  ///   `candidates_per_class`, `kept_per_class`, `total`; null is without limit; `class_agnostic`,
  ///   `includes_threshold`, `classes_per_box`, `total_is_final`, `prefers_later_class`, `decay` of the IoU threshold,
  ///   `inverted_boxes_are_empty`.
  /// - `layers`: an array; `parts`: `backbone`, `extra`, `predictor`, empty where they cannot be told apart; `total`.
  ///   Counts are `parameters` and `multiply_adds`.
  var json: String {
    var writer = JSONWriter()
    writer.object {
      $0.member("name") { $0.string(model.name) }
      $0.member("format") { $0.string(model.format) }
      $0.member("path") { $0.string(path) }
      $0.member("arithmetic") { $0.string("\(model.graph.arithmetic)") }
      $0.member("input") { $0.object(writeInput) }
      $0.member("heads") { $0.object(writeHeads) }
      $0.member("classes") { $0.object(writeClasses) }
      $0.member("suppression") { $0.object(writeSuppression) }
      $0.member("assumed") { $0.array { for sentence in model.assumptions { $0.string(sentence) } } }
      $0.member("layers") { $0.array { for layer in layers { $0.object(layer.write) } } }
      $0.member("parts") {
        $0.object { for (part, count) in parts { $0.member(part.rawValue) { $0.object(count.write) } } }
      }
      $0.member("total") { $0.object(total.write) }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func writeInput(_ writer: inout JSONWriter) {
    let input = model.input
    writer.member("width") { $0.integer(input.width) }
    writer.member("height") { $0.integer(input.height) }
    writer.member("channels") { $0.string("\(input.channelOrder)") }
    writer.member("resize") { $0.string(input.resize.rawValue) }
    if let channels = input.normalization.channels {
      writer.member("mean") { $0.array { for channel in channels { $0.number(channel.mean) } } }
      writer.member("scale") { $0.array { for channel in channels { $0.number(channel.scale) } } }
      writer.member("offset") { $0.array { for channel in channels { $0.number(channel.offset) } } }
    } else {
      writer.member("scale") { $0.number(input.normalization.scale) }
      writer.member("offset") { $0.number(input.normalization.offset) }
    }
    writer.member("normalized") {
      $0.string(input.normalization.order == .afterResize ? "after_resize" : "before_resize")
    }
  }

  private func writeHeads(_ writer: inout JSONWriter) {
    let coder = model.head.coder
    writer.member("anchors") { $0.integer(model.head.anchors.count) }
    writer.member("columns") { $0.integer(model.head.columns) }
    writer.member("order") { $0.string("\(coder.order)") }
    writer.member("factors") {
      $0.array {
        for factor in [coder.centerYFactor, coder.centerXFactor, coder.heightFactor, coder.widthFactor] {
          $0.number(factor)
        }
      }
    }
    writer.member("anchors_have_factors") { $0.bool(model.head.anchorFactors != nil) }
    writer.member("max_log_size") { if let most = coder.maxLogSize { $0.number(most) } else { $0.null() } }
  }

  private func writeClasses(_ writer: inout JSONWriter) {
    writer.member("first") { $0.integer(model.head.classNumbers.lowerBound) }
    writer.member("count") { $0.integer(model.head.classNumbers.count) }
    writer.member("background") { $0.integer(model.head.backgroundColumn) }
    writer.member("scores") { $0.string("\(model.head.scores)") }
    writer.member("labels_from") {
      switch model.labelOrigin {
      case .none: $0.null()
      case .model: $0.string("model")
      case .file(let path): $0.string(path)
      case .dataSet(let name): $0.string(name)
      }
    }
    writer.member("labels") {
      $0.object {
        for (number, name) in model.labels.names.sorted(by: { $0.key < $1.key }) {
          $0.member(String(number)) { $0.string(name) }
        }
      }
    }
  }

  private func writeSuppression(_ writer: inout JSONWriter) {
    let rules = model.head.suppression
    let clipping =
      switch rules.clipping {
      case .beforeSuppression: "before"
      case .afterSuppression: "after"
      case .never: "never"
      }
    writer.member("score_threshold") { $0.number(rules.scoreThreshold) }
    writer.member("iou_threshold") { $0.number(rules.iouThreshold) }
    writer.member("clipping") { $0.string(clipping) }
    writer.member("drops_empty_boxes") { $0.bool(rules.dropsEmptyBoxes) }
    writer.member("candidates_per_class") { $0.integer(rules.candidatesPerClass) }
    writer.member("kept_per_class") { $0.integer(rules.keptPerClass) }
    writer.member("total") { $0.integer(rules.total) }
    writer.member("class_agnostic") { $0.bool(rules.isClassAgnostic) }
    writer.member("includes_threshold") { $0.bool(rules.includesThreshold) }
    writer.member("classes_per_box") { $0.integer(rules.classesPerBox) }
    writer.member("total_is_final") { $0.bool(rules.isTotalFinal) }
    writer.member("prefers_later_class") { $0.bool(rules.prefersLaterClass) }
    writer.member("decay") { $0.number(rules.decay) }
    writer.member("inverted_boxes_are_empty") { $0.bool(rules.isInvertedBoxEmpty) }
  }
}

extension LayerDescription {
  /// Writes the layer's members.
  fileprivate func write(_ writer: inout JSONWriter) {
    writer.member("name") { $0.string(name) }
    writer.member("operator") { $0.string(operation) }
    if let part { writer.member("part") { $0.string(part.rawValue) } }
    if let kernel {
      writer.member("kernel") { $0.integers([kernel.size.height, kernel.size.width]) }
      writer.member("stride") { $0.integers([kernel.window.stride.height, kernel.window.stride.width]) }
      writer.member("dilation") { $0.integers([kernel.window.dilation.height, kernel.window.dilation.width]) }
      writer.member("padding") { $0.integers(padding) }
    }
    writer.member("inputs") { $0.array { for shape in inputs { $0.integers(shape.extents) } } }
    writer.member("output") { $0.integers(output.extents) }
    count.write(&writer)
  }
}

extension GraphStatistics.Count {
  /// Writes both numbers as members.
  fileprivate func write(_ writer: inout JSONWriter) {
    writer.member("parameters") { $0.integer(parameters) }
    writer.member("multiply_adds") { $0.integer(multiplyAdds) }
  }
}

extension JSONWriter {
  /// Writes a member whose value `body` writes.
  fileprivate mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    body(&self)
  }

  /// Writes a float as the shortest decimal that means it, to 12 decimals; null where a file holds one that is no number.
  fileprivate mutating func number(_ value: Float) {
    if let value = Double("\(value)"), value.isFinite { number(value, decimals: 12) } else { null() }
  }

  /// Writes a whole number, or null.
  fileprivate mutating func integer(_ value: Int?) {
    if let value { integer(value) } else { null() }
  }

  /// Writes an array of whole numbers.
  fileprivate mutating func integers(_ values: [Int]) { array { for value in values { $0.integer(value) } } }
}
