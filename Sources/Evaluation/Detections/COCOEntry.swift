internal import JSON
internal import Scene

/// One entry of a list in a COCO file, and its place for what is told of it.
struct COCOEntry {
  let value: JSONValue
  let file: String
  /// `annotations[12]`.
  let place: String

  /// Returns the list `key` of the object `document`; of a list that stands for itself, `key` is empty.
  ///
  /// - Throws: `COCOError` where there is none, or an entry is no object.
  static func list(_ key: String, of document: JSONValue, file: String) throws(COCOError) -> [COCOEntry] {
    guard let list = (key.isEmpty ? document : document[key])?.array else {
      let wanted = key.isEmpty ? "not a list of detections" : "has no list '\(key)'"
      throw COCOError(file: file, place: "", reason: wanted)
    }
    var entries: [COCOEntry] = []
    entries.reserveCapacity(list.count)
    for (index, value) in list.enumerated() {
      let entry = COCOEntry(value: value, file: file, place: "\(key)[\(index)]")
      guard value.object != nil else { throw entry.error("is no object") }
      entries.append(entry)
    }
    return entries
  }

  /// Returns the whole number `key`.
  func integer(_ key: String) throws(COCOError) -> Int {
    guard let value = value[key] else { throw error("has no \(key)") }
    guard let integer = value.integer else { throw error("\(key) is no whole number") }
    return integer
  }

  /// Returns the number `key`.
  func number(_ key: String) throws(COCOError) -> Double {
    guard let value = value[key] else { throw error("has no \(key)") }
    guard let number = value.double else { throw error("\(key) is no number") }
    return number
  }

  /// Returns the text `key`, which is one line.
  func text(_ key: String) throws(COCOError) -> String {
    guard let value = value[key] else { throw error("has no \(key)") }
    guard let text = value.string else { throw error("\(key) is no text") }
    guard !text.contains(where: \.movesCursor) else { throw error("\(key) has a control character") }
    return text
  }

  /// Returns the flag `key`, 0 or 1 or a truth value; false where it is missing.
  func flag(_ key: String) throws(COCOError) -> Bool {
    switch value[key] {
    case nil, .integer(0), .bool(false): return false
    case .integer(1), .bool(true): return true
    default: throw error("\(key) is neither 0 nor 1")
    }
  }

  /// Returns the four numbers `bbox`.
  func box() throws(COCOError) -> COCOBox {
    guard let value = value["bbox"] else { throw error("has no bbox") }
    let numbers = (value.array ?? []).compactMap(\.double)
    guard numbers.count == 4, value.array?.count == 4 else {
      throw error("bbox is not left, top, width and height")
    }
    return COCOBox(left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3])
  }

  func error(_ reason: String) -> COCOError { COCOError(file: file, place: place, reason: reason) }
}
