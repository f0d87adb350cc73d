internal import KernelCalls

/// A layer of bytes that lie NHWC without gaps: a number q of −128…127 is the byte q + 128.
///
/// It knows the sizes of its maps, so of a strip it uses only where that begins; strips are whole maps.
protocol ByteLayer: Layer {
  /// Computes `piece` of the output.
  ///
  /// - Parameters:
  ///   - source, second, target: where whole maps begin.
  ///   - scratch: `scratch` floats that no other piece uses meanwhile.
  @unsafe
  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer)
}

extension ByteLayer {
  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    unsafe compute(
      piece, from: UnsafeMutableRawPointer(source.map.base), second.map { unsafe UnsafeMutableRawPointer($0.map.base) },
      to: UnsafeMutableRawPointer(target.map.base), scratch: UnsafeMutableRawPointer(scratch))
  }
}

/// Returns the bytes from `memory` on.
@unsafe
func bytes(_ memory: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt8> {
  unsafe memory.assumingMemoryBound(to: UInt8.self)
}
