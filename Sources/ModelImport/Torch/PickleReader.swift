/// The machine that a pickle is a program for (Python's `pickletools`), with the operations that PyTorch's state dicts and
/// checkpoints use, of protocols 2 to 5.
///
/// Every operation costs bounded time and memory, and the number of values is limited.
@safe
package struct PickleReader {
  private let memory: UnsafeRawBufferPointer
  private var place: Int
  private var stack: [Pickle.Value] = []
  /// Where the marks on the stack stand.
  private var marks: [Int] = []
  private var memo: [Int: Pickle.Value] = [:]
  private var result = Pickle()
  /// Values, marks and memories so far.
  private var valueCount = 0

  /// The most values of a pickle: fifty times what a checkpoint of our networks has, its optimizer's state included.
  private static let mostValues = 1 << 20
  /// The longest name or key, in bytes: a text may be recalled at every other byte, and becomes a string each time.
  static let longestName = 256

  /// Reads the pickle that begins at `start` of `memory`.
  ///
  /// - Precondition: `memory` outlives this.
  /// - Throws: `ByteError` iff it is damaged, too large, or does what a state dict has no need of: a name that is not
  ///   among the few known ones is told.
  @unsafe package static func read(_ memory: UnsafeRawBufferPointer, from start: Int = 0) throws(ByteError) -> Pickle {
    var reader = unsafe PickleReader(memory, start)
    while try reader.step() {}
    return reader.result
  }

  @unsafe private init(_ memory: UnsafeRawBufferPointer, _ start: Int) {
    (unsafe self.memory, place) = (unsafe memory, start)
  }

  /// Carries out the next operation; returns whether another follows.
  private mutating func step() throws(ByteError) -> Bool {
    let operation = place
    switch try number() as UInt8 {
    case 0x80: try checkProtocol()
    case 0x95: _ = try number() as UInt64  // FRAME: a hint for those who read ahead
    case UInt8(ascii: "."): return try stop(operation)
    case UInt8(ascii: "("): try mark()
    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.bool(true))
    case 0x89: try push(.bool(false))
    case UInt8(ascii: "K"): try push(.integer(Int(try number() as UInt8)))
    case UInt8(ascii: "M"): try push(.integer(Int(try number() as UInt16)))
    case UInt8(ascii: "J"): try push(.integer(Int(try number() as Int32)))
    case 0x8A: try pushLong(Int(try number() as UInt8))
    case 0x8B: try pushLong(Int(try number() as Int32))
    case UInt8(ascii: "G"): try push(.number(Double(bitPattern: (try number() as UInt64).byteSwapped)))
    case UInt8(ascii: "U"), 0x8C: try push(.text(try bytes(Int(try number() as UInt8))))
    case UInt8(ascii: "X"): try push(.text(try bytes(Int(try number() as UInt32))))
    case UInt8(ascii: "T"): try push(.text(try bytes(Int(try number() as Int32))))
    case 0x8D: try push(.text(try bytes(Int(clamping: try number() as UInt64))))
    case UInt8(ascii: ")"): try push(container: .tuple([]))
    case 0x85...0x87: try pushTuple(of: Int(operationByte(operation)) - 0x84)
    case UInt8(ascii: "t"): try push(container: .tuple(try popToMark()))
    case UInt8(ascii: "]"): try push(container: .list([]))
    case UInt8(ascii: "a"): try append([try pop()])
    case UInt8(ascii: "e"): try append(try popToMark())
    case UInt8(ascii: "}"): try push(container: .dictionary([]))
    case UInt8(ascii: "s"): try setItem()
    case UInt8(ascii: "u"): try setItems(try popToMark())
    case UInt8(ascii: "q"): try remember(Int(try number() as UInt8))
    case UInt8(ascii: "r"): try remember(Int(try number() as UInt32))
    case 0x94: try remember(memo.count)
    case UInt8(ascii: "h"): try recall(Int(try number() as UInt8))
    case UInt8(ascii: "j"): try recall(Int(try number() as UInt32))
    case UInt8(ascii: "c"): try push(.name(try name(try line(), try line())))
    case 0x93:
      let (name, module) = (try text(try pop()), try text(try pop()))
      try push(.name(try self.name(module, name)))
    case UInt8(ascii: "R"): try push(try made(operation))
    case UInt8(ascii: "b"): try setState()
    case UInt8(ascii: "Q"): try push(.storage(try storage(operation)))
    case let code:
      if code == UInt8(ascii: "i") { _ = try name(try line(), try line()) }
      throw ByteError(offset: operation, reason: "the pickle has the operation \(code), which no state dict needs")
    }
    return true
  }

  // MARK: What operations read

  private func operationByte(_ offset: Int) -> UInt8 { unsafe memory[offset] }

  /// Reads a number, the lowest byte first.
  private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>() throws(ByteError) -> Number {
    let range = try bytes(MemoryLayout<Number>.size)
    return unsafe Number(littleEndian: memory.loadUnaligned(fromByteOffset: range.lowerBound, as: Number.self))
  }

  /// Steps over `count` bytes and returns where they lie.
  private mutating func bytes(_ count: Int) throws(ByteError) -> Range<Int> {
    guard unsafe place <= memory.count, count >= 0, unsafe count <= memory.count - place else {
      throw ByteError(offset: place, reason: "the pickle ends too early")
    }
    defer { place += count }
    return place..<place + count
  }

  /// Reads up to the end of the line.
  private mutating func line() throws(ByteError) -> String {
    let rest = unsafe memory[min(place, memory.count)..<min(place + Self.longestName + 1, memory.count)]
    guard let end = unsafe rest.firstIndex(of: UInt8(ascii: "\n")) else { throw fault("a name does not end") }
    return try text(.text(try bytes(end + 1 - place).dropLast()))
  }

  /// Returns a text that is a name or a key.
  private func text(_ value: Pickle.Value) throws(ByteError) -> String {
    guard case .text(let range) = value, range.count <= Self.longestName,
      let text = unsafe String(validating: memory[range], as: UTF8.self)
    else { throw fault("a name or a key is no text of at most \(Self.longestName) bytes") }
    return text
  }

  private func fault(_ reason: String) -> ByteError { ByteError(offset: place, reason: "the pickle: \(reason)") }

  private mutating func checkProtocol() throws(ByteError) {
    let version: UInt8 = try number()
    guard (2...5).contains(version) else { throw fault("protocol \(version) is not supported") }
  }

  // MARK: The stack

  private mutating func push(_ value: Pickle.Value) throws(ByteError) {
    try count()
    stack.append(value)
  }

  private mutating func mark() throws(ByteError) {
    try count()
    marks.append(stack.count)
  }

  private mutating func count() throws(ByteError) {
    valueCount += 1
    guard valueCount <= Self.mostValues else { throw fault("it has more than \(Self.mostValues) values") }
  }

  private mutating func push(container: Pickle.Container) throws(ByteError) {
    result.containers.append(container)
    try push(.container(result.containers.count - 1))
  }

  private mutating func pushTuple(of count: Int) throws(ByteError) {
    var values: [Pickle.Value] = []
    for _ in 0..<count { values.append(try pop()) }
    try push(container: .tuple(values.reversed()))
  }

  /// Reads a whole number of `count` bytes, in two's complement.
  private mutating func pushLong(_ count: Int) throws(ByteError) {
    let range = try bytes(count)
    guard count <= 8 else { return try push(.long(range)) }
    let bits = unsafe memory[range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let spare = UInt64(64 - 8 * count)
    try push(.integer(count == 0 ? 0 : Int(Int64(bitPattern: bits << spare) >> Int64(spare))))
  }

  /// Takes the topmost value, above the last mark.
  private mutating func pop() throws(ByteError) -> Pickle.Value {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw fault("a value is missing") }
    return value
  }

  /// Takes all values above the last mark, and the mark.
  private mutating func popToMark() throws(ByteError) -> [Pickle.Value] {
    guard let mark = marks.popLast() else { throw fault("a mark is missing") }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  private mutating func remember(_ index: Int) throws(ByteError) {
    guard let value = stack.last else { throw fault("a value is missing") }
    try count()
    memo[index] = value
  }

  private mutating func recall(_ index: Int) throws(ByteError) {
    guard let value = memo[index] else { throw fault("it recalls value \(index), which was never kept") }
    try push(value)
  }

  private mutating func stop(_ operation: Int) throws(ByteError) -> Bool {
    result.top = try pop()
    guard stack.isEmpty, marks.isEmpty else { throw fault("values are left over at its end") }
    result.end = place
    return false
  }

  // MARK: Containers

  /// Appends to the list on the stack.
  private mutating func append(_ values: [Pickle.Value]) throws(ByteError) {
    guard case .container(let index) = stack.last, case .list(var list) = result.containers[index] else {
      throw fault("something is appended to what is no list")
    }
    result.containers[index] = .list([])
    list.append(contentsOf: values)
    result.containers[index] = .list(list)
  }

  private mutating func setItem() throws(ByteError) {
    let value = try pop()
    try setItems([try pop(), value])
  }

  /// Puts keys and values into the dictionary on the stack.
  private mutating func setItems(_ values: [Pickle.Value]) throws(ByteError) {
    guard values.count.isMultiple(of: 2), case .container(let index) = stack.last,
      case .dictionary(var items) = result.containers[index]
    else { throw fault("keys and values are put into what is no dictionary") }
    result.containers[index] = .dictionary([])
    items.append(contentsOf: values)
    result.containers[index] = .dictionary(items)
  }

  /// Passes over the attributes of a dictionary: `_metadata` of state dicts.
  private mutating func setState() throws(ByteError) {
    _ = try pop()
    guard case .container(let index) = stack.last, case .dictionary = result.containers[index] else {
      throw fault("it sets the state of what is no dictionary")
    }
  }

  // MARK: What is named and made

  /// Returns what the name `name` of `module` stands for.
  private func name(_ module: String, _ name: String) throws(ByteError) -> Pickle.Name {
    switch (module, name) {
    case ("collections", "OrderedDict"): return .orderedDictionary
    case ("torch._utils", "_rebuild_tensor_v2"): return .tensor
    case ("torch._utils", "_rebuild_parameter"): return .parameter
    case ("torch", _): if let type = ScalarType(storageClass: name) { return .storage(type) }
    default: break
    }
    throw fault("it names \("\(module).\(name)".printable()), which may be code; only tensors are read")
  }

  /// Takes a constructor and its arguments, and returns what it makes of them.
  private mutating func made(_ operation: Int) throws(ByteError) -> Pickle.Value {
    guard let arguments = result.sequence(try pop()) else { throw fault("arguments are missing") }
    switch try pop() {
    case .name(.orderedDictionary) where arguments.isEmpty:
      result.containers.append(.dictionary([]))
      return .container(result.containers.count - 1)
    case .name(.tensor) where (6...7).contains(arguments.count):
      guard case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
        let extents = integers(arguments[2]), let strides = integers(arguments[3])
      else { throw fault("a tensor is not made of a storage and whole numbers") }
      result.tensors.append(
        Pickle.Tensor(storage: storage, offset: offset, extents: extents, strides: strides, place: operation))
      return .tensor(result.tensors.count - 1)
    case .name(.parameter) where arguments.count == 3:
      guard case .tensor = arguments[0] else { throw fault("a parameter is no tensor") }
      return arguments[0]
    default: throw fault("it makes something of arguments that do not fit")
    }
  }

  /// Returns the whole numbers of a tuple or list.
  private func integers(_ value: Pickle.Value) -> [Int]? {
    guard let values = result.sequence(value), values.count <= 64 else { return nil }
    let integers = values.compactMap { if case .integer(let number) = $0 { number } else { nil as Int? } }
    return integers.count == values.count ? integers : nil
  }

  /// Takes what identifies a storage: `("storage", class, key, place, count)`, in old files followed by nothing or by the
  /// part that it is of the one with this key: `(key, first, count)`.
  private mutating func storage(_ operation: Int) throws(ByteError) -> Int {
    guard let parts = result.sequence(try pop()), (5...6).contains(parts.count), try text(parts[0]) == "storage",
      case .name(.storage(let type)) = parts[1], case .integer(let count) = parts[4], count >= 0
    else { throw fault("what should name a storage does not") }
    var part = 0..<count
    if parts.count == 6, parts[5] != .none {
      guard let view = result.sequence(parts[5]), view.count == 3, case .integer(let first) = view[1],
        case .integer(let size) = view[2], first >= 0, size >= 0, first <= count, size <= count - first
      else { throw fault("a part of a storage leaves it") }
      part = first..<first + size
    }
    result.storages.append(Pickle.Storage(key: try text(parts[2]), type: type, count: count, part: part))
    return result.storages.count - 1
  }
}
