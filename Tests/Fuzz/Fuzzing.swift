// libFuzzer on one of the readers of bytes that nobody vouches for:
//
//   fuzz TARGET [libFuzzer's options and folders]
//
// Built by `make fuzz` only, with the coverage counters that libFuzzer needs in every room it reaches. The program's
// `main` is libFuzzer's; what it calls bears the names that it knows.
import FuzzTargets
import Glibc

/// What the bytes are given to, named by the first argument; a C function takes no context.
private let target = CommandLine.arguments.dropFirst().first.flatMap { FuzzTarget(rawValue: $0) }

/// Takes the target's name out of the arguments, before libFuzzer reads them.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  guard target != nil else {
    print("usage: fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [options] [folders]")
    exit(2)
  }
  arguments.pointee[1] = arguments.pointee[0]
  arguments.pointee += 1
  count.pointee -= 1
  return 0
}

/// Reads one input; a trap is the failure.
@_cdecl("LLVMFuzzerTestOneInput")
public func readOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  target?.read(UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}
