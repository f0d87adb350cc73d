internal import Model
internal import Posix

/// Under which keys the objects of a TensorFlow 2 program keep their variables in a tensor bundle
/// (tensorflow/core/protobuf/trackable_object_graph.proto).
package struct ObjectGraph {
  /// The bundle's key of the string that holds it.
  static let key = "_CHECKPOINTABLE_OBJECT_GRAPH"

  /// The keys of all variables of a name: more than one where layers share their names.
  private(set) var keys: [String: Set<String>] = [:]
  /// The key of the variable that an object is, by the object's number.
  private(set) var keysOfObjects: [Int: String] = [:]

  /// Reads the message that `reader` walks.
  ///
  /// - Throws: `ByteError` iff it is damaged.
  package init(_ reader: WireReader) throws(ByteError) {
    var (reader, number) = (reader, 0)
    while let field = try reader.next() {
      guard field.number == 1, case .bytes(let range) = field.value else { continue }
      var object = try reader.message(in: range)
      while let field = try object.next() {
        guard field.number == 2, case .bytes(let range) = field.value else { continue }
        try add(object.message(in: range), number)
      }
      number += 1
    }
  }

  /// Keeps an attribute of object `number` that is a variable's value.
  private mutating func add(_ reader: WireReader, _ number: Int) throws(ByteError) {
    var (reader, kind, name, key) = (reader, "", "", "")
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let range)): kind = try reader.name(in: range)
      case (2, .bytes(let range)): name = try reader.name(in: range)
      case (3, .bytes(let range)): key = try reader.name(in: range)
      default: continue
      }
    }
    guard kind == "VARIABLE_VALUE" else { return }
    keys[name, default: []].insert(key)
    keysOfObjects[number] = key
  }
}
