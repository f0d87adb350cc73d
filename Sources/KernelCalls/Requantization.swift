/// How sums of 32 bits become bytes: each channel's factor, then a zero that is added and the range that holds the result.
///
/// Bytes are 0…255; what files call −128…127 is greater by 128 here.
package struct Requantization {
  /// `[panel]` of `bytesPerPanel`, as `packScaling` writes them.
  package var scaling: UnsafeRawPointer
  package var zero: Int32
  package var floor: Int32
  package var ceiling: Int32

  package init(scaling: UnsafeRawPointer, zero: Int32, floor: Int32, ceiling: Int32) {
    (self.scaling, self.zero, self.floor, self.ceiling) = (scaling, zero, floor, ceiling)
  }

  /// Bytes of the scaling of one panel of channels.
  @inlinable @inline(__always) package static var bytesPerPanel: Int { 640 }
}
