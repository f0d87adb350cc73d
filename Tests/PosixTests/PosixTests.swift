import Dispatch
import Foundation
import Posix
import Testing

@Suite struct PosixTests {
  @Test func aDescriptorIsClosedWhenItIsDropped() throws {
    let number: Int32
    do {
      let descriptor = try Descriptor(opening: "/dev/null", flags: O_RDONLY)
      number = descriptor.number
      #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
    }
    // Another test may have been given the number meanwhile; then it is not the null device, which is 1:3.
    var status = stat()
    #expect(fstat(number, &status) != 0 || status.st_rdev != 0x103)
  }

  @Test func whatCannotBeOpenedIsSaidWithPathAndReason() {
    let error = #expect(throws: PosixError.self) { _ = try Descriptor(opening: "/no/such/file", flags: O_RDONLY) }
    #expect(error?.description == "/no/such/file: no such file or directory")
  }

  @Test func theClocksGoForward() {
    let (first, date) = (monotonicNow(), realtimeNow())
    usleep(2000)
    #expect(monotonicNow() - first >= .milliseconds(2))
    #expect(date > .seconds(1_700_000_000))
    #expect(abs(Double(date.components.seconds) - Date.now.timeIntervalSince1970) < 60)
  }

  @Test func onlyOneThreadAtATimeTouchesAGuardedValue() {
    let count = Guarded(0)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in for _ in 0..<10_000 { count.withLock { $0 += 1 } } }
    #expect(count.withLock { $0 } == 40_000)
  }

  @Test func whatWasGatheredIsLentAsAFileIs() throws {
    var gathered = GatheredBytes()
    for piece in 0..<5 {
      let count = try gathered.append(upTo: 3000) { room in
        for index in 0..<2000 { room[index] = UInt8(piece) }
        return piece == 3 ? -1 : 2000
      }
      #expect(count == (piece == 3 ? -1 : 2000))
    }
    let file = MappedFile(gathered)
    #expect(file.count == 8000)
    #expect([UInt8](file.bytes) == [0, 1, 2, 4].flatMap { [UInt8](repeating: $0, count: 2000) })
    let empty = MappedFile(GatheredBytes())
    #expect(empty.count == 0)
  }

  @Test func aMappedFileLendsItsBytes() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "stream-\(UUID())")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data([1, 2, 3]).write(to: file)
    let mapped = try MappedFile(path: file.path)
    #expect(
      mapped.withBytes { bytes in (0..<bytes.byteCount).map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
        == [1, 2, 3])
    try Data().write(to: file)
    #expect(try MappedFile(path: file.path).count == 0)
  }

  @Test func onlyARegularFileIsMapped() {
    let folder = #expect(throws: PosixError.self) { _ = try MappedFile(path: "/") }
    #expect(folder?.description == "/: is a directory")
    let device = #expect(throws: PosixError.self) { _ = try MappedFile(path: "/dev/null") }
    #expect(device?.code == EINVAL)
  }
}
