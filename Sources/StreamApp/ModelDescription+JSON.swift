internal import JSON
internal import Model
internal import Scene

extension ModelDescription {
  /// The description as one JSON object, on one line.
  ///
  /// - `name`, `format`, `path`: strings; `sha256`: of the file, of a folder that of the largest file read there;
  ///   `weights`: `path`, `sha256` of the file of its weights where that is another one, else null; `arithmetic`:
  ///   `float32`, `integer8`.
  /// - `input`: `width`, `height`, `channels` (`rgb`, `bgr`), `resize` (`tensorflow_legacy`, `half_pixel_centers`, `opencv`, `pillow`), `scale`, `offset`,
  ///   or `mean`, `scale`, `offset` of each channel, `normalized` (`before_resize`, `after_resize`).
  /// - `assumed`: what the file leaves open and where the answer is from, an array of sentences.
  /// - `heads`: `anchors`, `columns`, `order` of the box numbers (`yxhw`, `xywh`, `xyxy`, `corners`), their `factors` (y, x,
  ///   height, width), whether `anchors_have_factors` of their own in place of these, `max_log_size` (null is without limit).
  /// - `classes`: `first` number and `count`, `background` (its column or null), `scores` (`sigmoid`, `softmax`,
  ///   `identity`), `labels_from` (`model`, a path, a data set or null), `labels` (an object: number → name).
  /// - `suppression`: `score_threshold`, `iou_threshold`, `clipping` (`before`, `after`, `never`), `drops_empty_boxes`,
  ///   `candidates_per_class`, `kept_per_class`, `total`; null is without limit; `class_agnostic`,
  ///   `includes_threshold`, `classes_per_box`, `total_is_final`, `prefers_later_class`, `decay` of the IoU threshold,
  ///   `inverted_boxes_are_empty`.
  /// - `layers`: an array; `parts`: `backbone`, `extra`, `predictor`, empty where they cannot be told apart; `total`.
  ///   Counts are `parameters` and `multiply_adds`.
  var json: String {
    JSONWriter.text {
      $0.member("name", model.name)
      $0.member("format", model.format)
      $0.member("path", path)
      $0.key("sha256")
      if let weights { $0.string(weights.hash) } else { $0.null() }
      $0.key("weights")
      if let partner {
        $0.object {
          $0.member("path", partner.path)
          $0.member("sha256", partner.hash)
        }
      } else {
        $0.null()
      }
      $0.member("arithmetic", "\(model.graph.arithmetic)")
      $0.member("input", object: writeInput)
      $0.member("heads", object: writeHeads)
      $0.member("classes", object: writeClasses)
      $0.member("suppression", object: writeSuppression)
      $0.member("assumed", each: model.assumptions) { $0.string($1) }
      $0.member("layers", each: layers) { $0.object($1.write) }
      $0.member("parts", object: writeParts)
      $0.member("total", object: total.write)
    }
  }

  /// Writes the counts of each part as members.
  func writeParts(_ writer: inout JSONWriter) {
    for (part, count) in parts { writer.member(part.rawValue, object: count.write) }
  }

  private func writeInput(_ writer: inout JSONWriter) {
    let input = model.input
    writer.member("width", input.width)
    writer.member("height", input.height)
    writer.member("channels", input.channelOrder.rawValue)
    writer.member("resize", input.resize.rawValue)
    if let channels = input.normalization.channels {
      writer.member("mean", each: channels) { $0.number($1.mean) }
      writer.member("scale", each: channels) { $0.number($1.scale) }
      writer.member("offset", each: channels) { $0.number($1.offset) }
    } else {
      writer.member("scale", input.normalization.scale)
      writer.member("offset", input.normalization.offset)
    }
    writer.member("normalized", input.normalization.order == .afterResize ? "after_resize" : "before_resize")
  }

  private func writeHeads(_ writer: inout JSONWriter) {
    let coder = model.head.coder
    writer.member("anchors", model.head.anchors.count)
    writer.member("columns", model.head.columns)
    writer.member("order", "\(coder.order)")
    let factors = [coder.centerYFactor, coder.centerXFactor, coder.heightFactor, coder.widthFactor]
    writer.member("factors", each: factors) { $0.number($1) }
    writer.member("anchors_have_factors", model.head.anchorFactors != nil)
    writer.member("max_log_size", coder.maxLogSize)
  }

  private func writeClasses(_ writer: inout JSONWriter) {
    writer.member("first", model.head.classNumbers.lowerBound)
    writer.member("count", model.head.classNumbers.count)
    writer.member("background", model.head.backgroundColumn)
    writer.member("scores", "\(model.head.scores)")
    writer.key("labels_from")
    switch model.labelOrigin {
    case .none: writer.null()
    case .model: writer.string("model")
    case .file(let path): writer.string(path)
    case .dataSet(let name): writer.string(name)
    }
    writer.member("labels") {
      for (number, name) in model.labels.names.sorted(by: { $0.key < $1.key }) { $0.member(String(number), name) }
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
    writer.member("score_threshold", rules.scoreThreshold)
    writer.member("iou_threshold", rules.iouThreshold)
    writer.member("clipping", clipping)
    writer.member("drops_empty_boxes", rules.dropsEmptyBoxes)
    writer.member("candidates_per_class", rules.candidatesPerClass)
    writer.member("kept_per_class", rules.keptPerClass)
    writer.member("total", rules.total)
    writer.member("class_agnostic", rules.isClassAgnostic)
    writer.member("includes_threshold", rules.includesThreshold)
    writer.member("classes_per_box", rules.classesPerBox)
    writer.member("total_is_final", rules.isTotalFinal)
    writer.member("prefers_later_class", rules.prefersLaterClass)
    writer.member("decay", rules.decay)
    writer.member("inverted_boxes_are_empty", rules.isInvertedBoxEmpty)
  }
}

extension LayerDescription {
  /// Writes the layer's members.
  fileprivate func write(_ writer: inout JSONWriter) {
    writer.member("name", name)
    writer.member("operator", operation)
    if let part { writer.member("part", part.rawValue) }
    if let kernel {
      writer.member("kernel", [kernel.size.height, kernel.size.width])
      writer.member("stride", [kernel.window.stride.height, kernel.window.stride.width])
      writer.member("dilation", [kernel.window.dilation.height, kernel.window.dilation.width])
      writer.member("padding", padding)
    }
    writer.member("inputs", each: inputs) { writer, shape in writer.array { $0.integers(shape.extents) } }
    writer.member("output", output.extents)
    count.write(&writer)
  }
}

extension GraphStatistics.Count {
  /// Writes both numbers as members.
  func write(_ writer: inout JSONWriter) {
    writer.member("parameters", parameters)
    writer.member("multiply_adds", multiplyAdds)
  }
}

extension JSONWriter {
  /// Writes a member that is a float, or null.
  fileprivate mutating func member(_ name: String, _ value: Float?) {
    key(name)
    if let value { number(value) } else { null() }
  }

  /// Writes a member that is a whole number, or null.
  fileprivate mutating func member(_ name: String, _ value: Int?) {
    key(name)
    if let value { integer(value) } else { null() }
  }

  /// Writes a member that is an array of whole numbers.
  fileprivate mutating func member(_ name: String, _ values: [Int]) {
    key(name)
    array { $0.integers(values) }
  }

  /// Writes a float as the shortest decimal that means it, to 12 decimals; null where a file holds one that is no number.
  fileprivate mutating func number(_ value: Float) {
    if let value = Double("\(value)"), value.isFinite { number(value, decimals: 12) } else { null() }
  }

  /// Writes whole numbers, the elements of an array.
  fileprivate mutating func integers(_ values: [Int]) { for value in values { integer(value) } }
}
