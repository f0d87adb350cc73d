internal import Model

extension TFLiteOperator {
  /// By its name, the newest version of each operator that we know: LiteRT's 2.3.0 knows these too.
  ///
  /// A version says which types and options may occur. Those that we do not compute are refused where they stand; what a
  /// newer version adds nobody here can know.
  fileprivate static let newestVersions: [String: Int] = [
    "ADD": 6, "AVERAGE_POOL_2D": 3, "CONCATENATION": 7, "CONV_2D": 8, "DEPTHWISE_CONV_2D": 7, "DEQUANTIZE": 9, "DIV": 3,
    "EXPAND_DIMS": 1, "FULLY_CONNECTED": 14, "HARD_SWISH": 1, "LEAKY_RELU": 2, "LOGISTIC": 3, "MAXIMUM": 4,
    "MAX_POOL_2D": 3, "MEAN": 3, "MINIMUM": 4, "MUL": 8, "PACK": 5, "PAD": 6, "PADV2": 6, "PRELU": 1, "QUANTIZE": 6,
    "RELU": 3, "RELU6": 3, "RELU_N1_TO_1": 1, "RESHAPE": 1, "RESIZE_BILINEAR": 4, "RESIZE_NEAREST_NEIGHBOR": 4,
    "SHAPE": 1, "SLICE": 8, "SOFTMAX": 4, "SPLIT": 5, "SPLIT_V": 3, "SQUEEZE": 2, "STRIDED_SLICE": 8, "SUB": 5,
    "TANH": 3, "TILE": 3, "TRANSPOSE": 9,
  ]
}

extension TFLiteOperator.Code {
  /// The newest version that we know; of an operator that is not listed the first.
  fileprivate var newestVersion: Int { TFLiteOperator.newestVersions[name, default: 1] }
}

extension TFLiteModel {
  /// Returns the error that names the operators of `places` whose version is none that we know; nil where there are none.
  func unknownVersion(_ places: [Int]) -> ImportError? {
    let unknown = places.filter { !(1...operators[$0].code.newestVersion).contains(operators[$0].code.version) }
    guard let fault = unsupported(unknown) else { return nil }
    let code = operators[unknown[0]].code
    return ImportError(
      file: fault.file, place: fault.place,
      reason: "\(fault.reason): of \(code.name) the newest known is version \(code.newestVersion)")
  }
}
