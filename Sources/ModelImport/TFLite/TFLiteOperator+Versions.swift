internal import Model

extension TFLiteOperator {
  /// By `BuiltinOperator`, the newest version of each operator that we know: LiteRT's 2.3.0 knows these too.
  ///
  /// A version says which types and options may occur. Those that we do not compute are refused where they stand; what a
  /// newer version adds nobody here can know.
  fileprivate static let newestVersions: [Int: Int] = [
    0: 6, 1: 3, 2: 7, 3: 8, 4: 7, 6: 9, 9: 14, 14: 3, 17: 3, 18: 8, 19: 3, 20: 1, 21: 3, 22: 1, 23: 4, 25: 4, 28: 3,
    34: 6, 39: 9, 40: 3, 41: 5, 42: 3, 43: 2, 45: 8, 49: 5, 54: 1, 55: 4, 57: 4, 60: 6, 65: 8, 69: 3, 70: 1, 77: 1,
    83: 5, 97: 4, 98: 2, 102: 3, 114: 6, 117: 1,
  ]
}

extension TFLiteOperator.Code {
  /// The newest version that we know; of an operator that is not listed the first.
  fileprivate var newestVersion: Int { TFLiteOperator.newestVersions[number, default: 1] }
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
