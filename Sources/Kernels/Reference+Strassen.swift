internal import KernelCalls

extension Reference {
  /// Computes the pointwise convolution by the formula: of the packed weights, the other parts are sums of these four.
  static func multiply(_ product: borrowing StrassenProduct) {
    let half = product.outputPanels * panelWidth
    let depth = product.inputPanels * panelWidth
    for pixel in 0..<product.pixels {
      for output in 0..<2 * half {
        var sum = Double(product.bias[output])
        if output >= half { sum += Double(product.bias[output - half]) }
        let matrices =
          product.weights + (output % half) / panelWidth * panelWidth * StrassenProduct.count * depth + output
          % panelWidth
        for input in 0..<2 * depth {
          /// Returns the weight in one of the seven matrices.
          func weight(_ matrix: Int) -> Double {
            Double(matrices[(matrix * depth + input % depth) * panelWidth])
          }
          let value = Double(product.input.address(pixel: pixel, channel: input).pointee)
          switch (input < depth, output < half) {
          case (true, true): sum += value * weight(0)
          case (false, true): sum += value * weight(1)
          case (true, false): sum += value * (weight(3) + weight(0))
          case (false, false): sum += value * weight(4)
          }
        }
        if let residual = product.residual { sum += Double(residual.address(pixel: pixel, channel: output).pointee) }
        product.output.address(pixel: pixel, channel: output).pointee = product.clamp(Float(sum))
      }
    }
  }
}
