package import Model

extension TFLiteModel {
  /// Returns the network from the model's first input to as many of its tensors as depend on that, and which those are:
  /// to compare each with what another runtime makes of it.
  ///
  /// Bytes come out as what they are without a sign: signed ones greater by 128.
  ///
  /// - Parameter given: values of other inputs, signed, as constants.
  /// - Throws: `ImportError` iff an operator is not supported.
  package func networkOfAllTensors(given: [Int: [Int8]] = [:]) throws(ImportError) -> (graph: Graph, tensors: [Int]) {
    guard let input = inputs.first else { throw fault("it reads nothing") }
    var translation = try TFLiteTranslation(self, input: input)
    translation.integerConstants = given
    let wanted = operators.filter { $0.code.customName == nil }.flatMap(\.outputs)
    try translation.translate(try needed(by: wanted, input: input))
    var (values, tensors) = ([Graph.Value](), [Int]())
    for tensor in wanted {
      guard var found = translation.live(tensor: tensor) else { continue }
      if found.zeros != nil {
        guard translation.network.isInteger(found.value) else { continue }
        found = try translation.layZeros(tensor, found)
      }
      tensors.append(tensor)
      guard translation.network.isInteger(found.value) else {
        values.append(found.value)
        continue
      }
      let bytes = Operator.integer(.toReal(IntegerGrid(scale: 1, zero: -128)))
      values.append(try translation.append(named: "tensor \(tensor)", "bytes", bytes, [found.value]))
    }
    return (translation.finish(values), tensors)
  }
}
