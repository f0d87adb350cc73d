/// A sum of two rows of bytes: `requantized(left' + right')`, where each operand is `scaled((byte − zero) · 2²⁰)`.
///
/// All channels have one scaling each: that of the first panel is for every 16 values. Up to 15 bytes behind either
/// operand are read, and do not count.
package struct ByteSum {
  package var left: UnsafePointer<UInt8>
  package var right: UnsafePointer<UInt8>
  package var output: UnsafeMutablePointer<UInt8>
  package var count: Int
  package var leftZero: Int32
  package var rightZero: Int32
  /// One panel's scaling each.
  package var leftScaling: UnsafeRawPointer
  package var rightScaling: UnsafeRawPointer
  package var requantization: Requantization

  package init(
    left: UnsafePointer<UInt8>, right: UnsafePointer<UInt8>, output: UnsafeMutablePointer<UInt8>, count: Int,
    leftZero: Int32, rightZero: Int32, leftScaling: UnsafeRawPointer, rightScaling: UnsafeRawPointer,
    requantization: Requantization
  ) {
    (self.left, self.right, self.output, self.count) = (left, right, output, count)
    (self.leftZero, self.rightZero) = (leftZero, rightZero)
    (self.leftScaling, self.rightScaling, self.requantization) = (leftScaling, rightScaling, requantization)
  }
}
