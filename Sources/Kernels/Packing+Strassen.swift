internal import KernelCalls

extension KernelSet {
  /// Writes a matrix [inputs][outputs] for `StrassenProduct` to `target`, of `7/4 · inputs · padded(outputs)` floats: for each
  /// block of outputs of the first half, and as many of the second, the seven matrices in the order in which the products
  /// need them, `w11 w21 t2 t1 w22 t3 t4`, each `[input][output in block]`.
  ///
  /// - Precondition: `inputs` and `padded(outputs)` are multiples of two panels.
  package func packStrassen(
    _ matrix: UnsafePointer<Float>, inputs: Int, outputs: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let (depth, half) = (inputs / 2, padded(outputs) / 2)
    precondition(depth % panelWidth == 0 && half % panelWidth == 0, "A half has whole panels.")
    for first in stride(from: 0, to: half, by: blockWidth) {
      let width = min(blockWidth, half - first)
      let block = target + StrassenProduct.count * depth * first
      for input in 0..<depth {
        let (above, below) = (matrix + input * outputs, matrix + (depth + input) * outputs)
        for output in first..<first + width {
          let (other, hasOther) = (half + output, half + output < outputs)
          let (w11, w21) = (above[output], below[output])
          let (w12, w22) = hasOther ? (above[other], below[other]) : (0, 0)
          let t1 = w12 - w11
          let t2 = w22 - t1
          let place = block + input * width + output - first
          for (index, weight) in [w11, w21, t2, t1, w22, w22 - w12, w21 - t2].enumerated() {
            place[index * depth * width] = weight
          }
        }
      }
    }
  }
}
