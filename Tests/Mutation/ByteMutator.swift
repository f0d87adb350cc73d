/// Damages files of any kind: what comes out is nearly one, which reaches far into a reader.
public struct ByteMutator {
  /// One way to damage a file.
  private enum Change: CaseIterable {
    case flipBit, setByte, addToNumber, setNumber, copyBlock, moveBlock, removeBlock, insertNoise, truncate, splice

    static let inPlace: [Change] = [.flipBit, .setByte, .addToNumber, .setNumber]
  }

  private var numbers: Numbers
  /// Whole files, from which parts are taken.
  private let donors: [[UInt8]]

  /// A mutator whose damage `seed` decides; parts of `donors` get into what it damages.
  public init(seed: UInt64, donors: [[UInt8]]) { (numbers, self.donors) = (Numbers(seed: seed), donors) }

  /// Returns `bytes` with one to four changes; where `isInPlace`, no byte moves, and what offsets lead to stays there.
  public mutating func damaged(_ bytes: [UInt8], isInPlace: Bool = false) -> [UInt8] {
    var bytes = bytes
    let changes = isInPlace ? Change.inPlace : Change.allCases
    for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty { change(&bytes, changes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], _ changes: [Change]) {
    let place = Int.random(in: bytes.indices, using: &numbers)
    switch changes.randomElement(using: &numbers) ?? .flipBit {
    case .flipBit: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
    case .setByte: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
    case .addToNumber:
      let step = UInt64(bitPattern: Int64.random(in: -16...16, using: &numbers))
      number(&bytes, at: place) { $0 &+ step }
    case .setNumber:
      let strange = numbers.strange()
      number(&bytes, at: place) { _ in strange }
    case .copyBlock: bytes.insert(contentsOf: bytes[block(of: bytes)], at: place)
    case .moveBlock:
      let moved = bytes[block(of: bytes)]
      bytes.replaceSubrange(place..<min(place + moved.count, bytes.count), with: moved)
    case .removeBlock: bytes.removeSubrange(block(of: bytes))
    case .insertNoise:
      let noise = (0..<Int.random(in: 1...64, using: &numbers)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
      bytes.insert(contentsOf: noise, at: place)
    case .truncate: bytes.removeSubrange(place...)
    case .splice:
      guard let donor = donors.randomElement(using: &numbers), !donor.isEmpty else { return }
      bytes.replaceSubrange(place..., with: donor[Int.random(in: donor.indices, using: &numbers)...])
    }
  }

  /// Changes the number of 1, 2, 4 or 8 bytes at `place`, lowest or highest byte first: lengths and counts are such.
  private mutating func number(_ bytes: inout [UInt8], at place: Int, _ change: (UInt64) -> UInt64) {
    let size = min([1, 2, 4, 8].randomElement(using: &numbers) ?? 1, bytes.count - place)
    let isLittle = Bool.random(using: &numbers)
    let places = isLittle ? Array(place..<place + size) : (place..<place + size).reversed()
    let value = places.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
    for (shift, place) in zip(stride(from: UInt64(0), to: 64, by: 8), places) {
      bytes[place] = UInt8(truncatingIfNeeded: change(value) >> shift)
    }
  }

  /// Returns where a block of `bytes` lies, short ones more often than long ones.
  private mutating func block(of bytes: [UInt8]) -> Range<Int> {
    let start = Int.random(in: bytes.indices, using: &numbers)
    let most = min(bytes.count - start, 1 << Int.random(in: 0...12, using: &numbers))
    return start..<start + Int.random(in: 1...most, using: &numbers)
  }
}
