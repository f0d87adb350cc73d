/// What a tensor bundle's index says of one tensor (`BundleEntryProto` of tensorflow/core/protobuf/tensor_bundle.proto).
package struct BundleEntry: Equatable {
  /// The type of each value.
  package private(set) var type = ElementType.other(0)
  /// Outermost first; nil where the rank is not said.
  package private(set) var extents: [Int]? = []
  /// In which of the bundle's data files it lies, from 0.
  package private(set) var shard = 0
  /// Where in that file, in bytes.
  package private(set) var offset: UInt64 = 0
  /// How many bytes it is.
  package private(set) var size: UInt64 = 0
  /// The masked CRC-32C of these bytes.
  package private(set) var checksum: UInt32 = 0
  /// Whether it has no bytes of its own: a partitioned variable, whose parts are entries with other keys.
  private(set) var isSliced = false

  /// Reads the message that `reader` walks.
  init(_ reader: WireReader) throws(ByteError) {
    var reader = reader
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .varint(let number)): type = ElementType(tensorFlow: number)
      case (2, .bytes(let range)): extents = try TensorDef.shape(reader.message(in: range))
      case (3, .varint(let number)): shard = Int(clamping: number)
      case (4, .varint(let number)): offset = number
      case (5, .varint(let number)): size = number
      case (6, .fixed32(let number)): checksum = number
      case (7, _): isSliced = true
      default: continue
      }
    }
  }
}
