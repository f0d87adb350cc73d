/// Damages protobuf files field by field: the message stays readable, what it says does not make sense.
public struct MessageMutator {
  private var numbers = Numbers(seed: 0)
  private let donors: [WireTree]

  /// A mutator of `donors`, which are messages; it takes them apart once for all that it damages.
  public init(donors: [[UInt8]]) { self.donors = donors.compactMap { WireTree($0) } }

  /// Returns a message with one to three changes to a donor's fields, which `seed` decides.
  public mutating func damaged(seed: UInt64) -> [UInt8] {
    numbers = Numbers(seed: seed)
    guard var tree = donors.randomElement(using: &numbers) else { return [] }
    for _ in 0..<Int.random(in: 1...3, using: &numbers) { change(&tree.fields, isTop: true) }
    return tree.bytes
  }

  /// Changes one of `fields`, or one within it.
  private mutating func change(_ fields: inout [WireTree.Field], isTop: Bool) {
    guard let place = fields.indices.randomElement(using: &numbers) else { return }
    // Most of a tree is leaves: go down where there is a way.
    if case .message(var inner) = fields[place].content, Int.random(in: 0..<8, using: &numbers) > (isTop ? 0 : 1) {
      change(&inner, isTop: false)
      fields[place].content = .message(inner)
      return
    }
    switch Int.random(in: 0..<8, using: &numbers) {
    case 0: fields.remove(at: place)
    case 1: fields.insert(fields[place], at: Int.random(in: 0...fields.count, using: &numbers))
    case 2: fields.swapAt(place, Int.random(in: fields.indices, using: &numbers))
    case 3: fields[place].content = foreign() ?? fields[place].content
    case 4: fields[place].number = UInt64.random(in: 1...12, using: &numbers)
    default: change(&fields[place].content)
    }
  }

  /// Changes what a field holds.
  private mutating func change(_ content: inout WireTree.Content) {
    switch content {
    case .varint: content = .varint(numbers.strange())
    case .fixed64(let bytes): content = .fixed64(noise(bytes.count))
    case .fixed32(let bytes): content = .fixed32(noise(bytes.count))
    case .bytes(let bytes):
      switch Int.random(in: 0..<4, using: &numbers) {
      case 0: content = .bytes(noise(Int.random(in: 0...40, using: &numbers)))
      case 1: content = .bytes(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &numbers))))
      case 2: content = .bytes(bytes + bytes)
      default: content = .mislaid(length: length(besides: bytes.count), bytes)
      }
    case .message(let fields):
      content = .mislaid(length: length(besides: fields.count), noise(8))
    case .mislaid: break
    }
  }

  /// Returns a length near `count` or far from it.
  private mutating func length(besides count: Int) -> UInt64 {
    Bool.random(using: &numbers)
      ? numbers.strange() : UInt64(max(count + Int.random(in: -3...3, using: &numbers), 0))
  }

  /// Returns what a field of some donor holds, at any depth.
  private mutating func foreign() -> WireTree.Content? {
    guard var fields = donors.randomElement(using: &numbers)?.fields else { return nil }
    while let field = fields.randomElement(using: &numbers) {
      guard case .message(let inner) = field.content, Int.random(in: 0..<4, using: &numbers) > 0 else {
        return field.content
      }
      fields = inner
    }
    return nil
  }

  private mutating func noise(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &numbers) }
  }
}
