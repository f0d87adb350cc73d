import Pixels
import Posix
import Scene

/// Makes 4:2:0 frames whose brightness changes from frame to frame, and counts those that are held.
final class Painter: FrameHome {
  private let width: Int
  private let height: Int
  private let coding: ColorCoding
  private let held = Guarded<[Int: UnsafeMutableRawPointer]>([:])

  init(width: Int, height: Int, coding: ColorCoding = .standard) {
    (self.width, self.height, self.coding) = (width, height, coding)
  }

  func frame(_ number: Int) -> Frame {
    let half = (width + 1) / 2
    let halves = half * ((height + 1) / 2)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: width * height + 2 * halves, alignment: 1)
    for y in 0..<height {
      for x in 0..<width {
        memory.storeBytes(of: UInt8(40 + (x + y + 2 * number) % 160), toByteOffset: y * width + x, as: UInt8.self)
      }
    }
    let (u, v) = (memory + width * height, memory + width * height + halves)
    u.initializeMemory(as: UInt8.self, repeating: 100, count: halves)
    v.initializeMemory(as: UInt8.self, repeating: 150, count: halves)
    held.withLock { $0[number] = memory }
    return Frame(
      width: width, height: height, format: .yuv420p, coding: coding,
      stamp: FrameStamp(number: number, time: FrameTime(sinceFirst: .zero)),
      planes: (Plane(start: memory, stride: width), Plane(start: u, stride: half), Plane(start: v, stride: half)),
      home: self, index: number)
  }

  func takeBack(_ index: Int) { held.withLock { $0.removeValue(forKey: index)?.deallocate() } }

  var heldCount: Int { held.withLock { $0.count } }
}
