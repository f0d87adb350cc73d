import Inference
import TestNetworks
import Testing

@Suite struct ArenaTests {
  @Test(arguments: 1...40)
  func tenantsThatLiveAtTheSameTimeNeverOverlap(seed: UInt64) {
    var noise = Noise(seed: seed)
    func random(_ range: Range<Int>) -> Int {
      range.lowerBound + Int((noise.next() + 1) / 2 * Float(range.count))
    }
    let tenants = (0..<60).map { _ in
      let start = random(0..<40)
      return Arena.Tenant(count: random(1..<50) * 16, life: random(0..<10) == 0 ? nil : start...start + random(0..<9))
    }
    let arena = Arena(tenants)
    let living = arena.tenants.filter { $0.life != nil }
    for (index, one) in living.enumerated() {
      #expect(one.offset % 16 == 0 && one.offset + one.count <= arena.count)
      for other in living[(index + 1)...] where one.life!.overlaps(other.life!) {
        #expect(one.offset + one.count <= other.offset || other.offset + other.count <= one.offset)
      }
    }
    let most = (0..<50).map { step in
      living.filter { $0.life!.contains(step) }.reduce(0) { $0 + $1.count }
    }.max()!
    #expect(arena.count >= most && arena.count <= 2 * most)
  }

  @Test func aChainNeedsTwoBlocks() {
    #expect(Arena((0..<100).map { Arena.Tenant(count: 64, life: $0...$0 + 1) }).count == 128)
  }
}
