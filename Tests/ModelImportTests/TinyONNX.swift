import Foundation

/// Detectors over six maps of a 16×16 picture and two classes, in the forms in which exporters write them.
enum TinyONNX {
  /// The sides of the maps.
  static let sides = [8, 4, 2, 1, 1, 1]

  /// The heads alone as PyTorch's exporter writes them: channels first, six boxes a cell.
  static func heads(opset: Int = 17) -> WrittenONNX {
    var model = WrittenONNX()
    model.opset = opset
    model.inputs = [("images", [1, 3, 16, 16])]
    network(&model, from: "images", boxes: Array(repeating: 6, count: 6))
    model.outputs = [("bbox_regression", [1, 522, 4]), ("cls_logits", [1, 522, 3])]
    return model
  }

  /// The heads alone as tf2onnx writes them: channels last outside of convolutions, three boxes a cell of the first map.
  static func tensorFlowHeads() -> WrittenONNX {
    var model = WrittenONNX()
    model.opset = 13
    model.inputs = [("Preprocessor/sub:0", [1, 16, 16, 3])]
    let picture = model.add("Transpose", ["Preprocessor/sub:0"], ["perm": .integers([0, 3, 1, 2])])
    network(&model, from: picture, boxes: [3, 6, 6, 6, 6, 6], isTensorFlow: true)
    model.outputs = [("bbox_regression", [1, 330, 1, 4]), ("cls_logits", [1, 330, 3])]
    return model
  }

  /// Adds backbone and heads that read `picture`.
  static func network(_ model: inout WrittenONNX, from picture: String, boxes: [Int], isTensorFlow: Bool = false) {
    var map = picture
    var (codes, logits) = ([String](), [String]())
    for (index, side) in sides.enumerated() {
      let inputs = index == 0 ? 3 : 4
      let weights = model.floats(numbers(4 * inputs * 9, seed: index), [4, inputs, 3, 3])
      let bias = model.floats(numbers(4, seed: 10 + index))
      let stride = index < 4 ? 2 : 1
      map = model.add(
        "Conv", [map, weights, bias], ["strides": .integers([stride, stride]), "pads": .integers([1, 1, 1, 1])])
      map = activation(&model, map, index)
      codes.append(head(&model, map, boxes[index], columns: 4, side, isTensorFlow, seed: 20 + index))
      logits.append(head(&model, map, boxes[index], columns: 3, side, isTensorFlow, seed: 30 + index))
    }
    model.add("Concat", codes, ["axis": .integer(1)], named: "bbox_regression")
    model.add("Concat", logits, ["axis": .integer(1)], named: "cls_logits")
  }

  /// Adds another activation for each map, one of them with squeeze-and-excite behind it.
  private static func activation(_ model: inout WrittenONNX, _ map: String, _ index: Int) -> String {
    switch index {
    case 0:
      let gate = model.add("HardSigmoid", [map], ["alpha": .float(1 / 6)])
      return model.add("Mul", [map, gate])
    case 1:
      let mean = model.add("GlobalAveragePool", [map])
      let weights = model.floats(numbers(16, seed: 40), [4, 4, 1, 1])
      let gate = model.add("HardSigmoid", [model.add("Conv", [mean, weights])], ["alpha": .float(1 / 6)])
      return model.add("Mul", [gate, map])
    case 2: return model.add("Relu", [map])
    default:
      let bounds = [model.floats([0], []), model.floats([6], [])]
      return model.opset < 11
        ? model.add("Clip", [map], ["min": .float(0), "max": .float(6)]) : model.add("Clip", [map] + bounds)
    }
  }

  /// Adds one head over one map, brought into rows of `columns`.
  private static func head(
    _ model: inout WrittenONNX, _ map: String, _ boxes: Int, columns: Int, _ side: Int, _ isTensorFlow: Bool, seed: Int
  ) -> String {
    let channels = boxes * columns
    let weights = model.floats(numbers(4 * channels, seed: seed), [channels, 4, 1, 1])
    let output = model.add("Conv", [map, weights, model.floats(numbers(channels, seed: seed + 50))])
    if isTensorFlow {
      let moved = side == 1 ? output : model.add("Transpose", [output], ["perm": .integers([0, 2, 3, 1])])
      let shape = columns == 4 ? [1, side * side * boxes, 1, 4] : [1, side * side * boxes, columns]
      return model.add("Reshape", [moved, model.integers(shape)])
    }
    let wide = model.add("Reshape", [output, model.integers([1, -1, columns, side, side])])
    let moved = model.add("Transpose", [wide], ["perm": .integers([0, 3, 4, 1, 2])])
    return model.add("Reshape", [moved, model.integers([1, -1, columns])])
  }

  /// Small numbers that look like weights.
  static func numbers(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { Float(($0 * 37 + seed * 101 + 11) % 64 - 31) / 64 }
  }
}
