package import Model
internal import Posix
internal import Scene

/// The operator with which most TensorFlow Lite detectors end: it decodes boxes and suppresses
/// (`TFLite_Detection_PostProcess`, tensorflow/lite/kernels/detection_postprocess.cc).
package struct DetectionOperator {
  /// The name in the file.
  static let name = "TFLite_Detection_PostProcess"

  /// Its place in the model.
  let place: Int
  /// The tensors of box encodings, scores and anchors.
  package let (boxes, scores, anchors): (Int, Int, Int)
  /// Its options: numbers by their names.
  private let options: [String: Double]
  private let source: TFLiteModel

  /// Nil where `source` has none.
  ///
  /// - Throws: `ImportError` iff there are several, or its operands or options cannot be read.
  package init?(_ source: TFLiteModel) throws(ImportError) {
    let places = source.operators.indices.filter { source.operators[$0].code.customName == Self.name }
    guard let place = places.first else { return nil }
    guard places.count == 1 else { throw source.fault(place, "there are \(places.count) of these operators") }
    let inputs = source.operators[place].inputs
    guard inputs.count == 3, inputs.allSatisfy({ $0 >= 0 }), case .custom(let range) = source.operators[place].options
    else { throw source.fault(place, "it has not three operands: box encodings, scores and anchors") }
    do throws(ByteError) {
      options = try unsafe FlexBuffer.numbers(in: UnsafeRawBufferPointer(rebasing: source.file.bytes.bytes[range]))
    } catch {
      throw source.fault(place, "its options are damaged at byte \(error.offset): \(error.reason)")
    }
    (self.source, self.place) = (source, place)
    (boxes, scores, anchors) = (inputs[0], inputs[1], inputs[2])
  }

  /// Returns what the heads' numbers mean.
  ///
  /// - Parameters:
  ///   - columns: the columns of the scores: the classes', and the background's before them where it is one more.
  ///   - conversion: what makes the scores of what our network gives.
  ///   - anchors: [rows, 4]: y and x of the centre, height, width.
  /// - Throws: `ImportError` iff an option is missing or out of range.
  package func head(columns: Int, conversion: ScoreConversion, anchors: [Float]) throws(ImportError) -> DetectionHead {
    let classes = try integer("num_classes", in: 1...1 << 20)
    guard columns == classes || columns == classes + 1 else {
      throw source.fault(place, "\(columns) columns of scores do not fit \(classes) classes")
    }
    let centers = CenteredBox.boxes(anchors)
    let scales = BoxScales(
      y: try scale("y_scale"), x: try scale("x_scale"), height: try scale("h_scale"), width: try scale("w_scale"))
    let isRegular = options["use_regular_nms", default: 0] != 0
    let most = try integer("max_detections", in: 1...1 << 20)
    let iou = try float("nms_iou_threshold")
    guard iou > 0, iou <= 1 else { throw source.fault(place, "nms_iou_threshold \(iou) is not above 0 and at most 1") }
    var suppression = Suppression(
      clipping: .never, dropsEmptyBoxes: false, scoreThreshold: try float("nms_score_threshold"), iouThreshold: iou,
      candidatesPerClass: nil, keptPerClass: nil, total: most, isClassAgnostic: !isRegular)
    (suppression.includesThreshold, suppression.isTotalFinal) = (true, true)
    if isRegular {
      suppression.keptPerClass = try integer("detections_per_class", in: 1...1 << 20, default: 100)
      suppression.prefersLaterClass = true
    } else {
      suppression.classesPerBox = min(try integer("max_classes_per_detection", in: 1...1 << 20), classes)
    }
    var head = DetectionHead(
      anchors: centers.map(\.corners), coder: BoxCoder(order: .yxhw, dividingBy: scales), columns: columns,
      backgroundColumn: columns > classes ? 0 : nil, classOffset: columns > classes ? -1 : 0, scores: conversion,
      suppression: suppression)
    head.centeredAnchors = centers
    return head
  }

  /// Returns the option `name`, rounded to float32 as the operator reads it.
  private func float(_ name: String) throws(ImportError) -> Float {
    guard let value = options[name].map({ Float($0) }), value.isFinite else {
      throw source.fault(place, "its option \(name) is missing or no number")
    }
    return value
  }

  /// Returns the scale `name`, which is positive.
  private func scale(_ name: String) throws(ImportError) -> Float {
    let value = try float(name)
    guard value > 0 else { throw source.fault(place, "its option \(name) is \(value)") }
    return value
  }

  /// Returns the whole number that option `name` is; one that is left out is `missing`.
  private func integer(_ name: String, in range: ClosedRange<Int>, default missing: Int? = nil) throws(ImportError)
    -> Int
  {
    guard let value = options[name] ?? missing.map({ Double($0) }),
      let number = Int(exactly: value.rounded(.towardZero)),
      range.contains(number)
    else {
      let written = options[name].map { "\($0), which is not supported" } ?? "missing"
      throw source.fault(place, "its option \(name) is \(written)")
    }
    return number
  }
}
