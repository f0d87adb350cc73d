/// Makes bytes of a row of real numbers: `value / scale` rounded, halves away from zero, and `zero`, held in 0…255.
package struct ByteRounding {
  package var input: UnsafePointer<Float>
  package var output: UnsafeMutablePointer<UInt8>
  package var count: Int
  package var scale: Float
  package var zero: Int32

  package init(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<UInt8>, count: Int, scale: Float, zero: Int32
  ) {
    (self.input, self.output, self.count) = (input, output, count)
    (self.scale, self.zero) = (scale, zero)
  }
}
