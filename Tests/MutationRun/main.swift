// Reads damaged files and tells what became of them:
//
//   mutation-run TARGET SEEDS FIRST COUNT
//
// TARGET is a `FuzzTarget`, SEEDS a folder of whole files, FIRST and COUNT say which cases: case n damages a seed in a
// way that n decides. Each case is announced before it is read, so that after a trap the last line names it. The
// process ends itself where it takes more than its share of processor time, so that a case without end is a failure.
import Foundation
import FuzzTargets
import Mutation
import Posix

/// Writes a line at once: after a trap, what `print` keeps would be lost.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 4, let target = FuzzTarget(rawValue: CommandLine.arguments[1]),
  let first = UInt64(CommandLine.arguments[3]), let count = UInt64(CommandLine.arguments[4])
else {
  say("usage: mutation-run TARGET SEEDS FIRST COUNT")
  exit(2)
}
var share = rlimit(rlim_cur: 500, rlim_max: 500)
setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &share)
signal(SIGPIPE, SIG_IGN)

let folder = URL(filePath: CommandLine.arguments[2])
let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
let seeds = try names.map { [UInt8](try Data(contentsOf: folder.appending(path: $0))) }
/// Of a format whose fields we can take apart.
var messages = [.wire, .graph, .onnx, .caffe].contains(target) ? MessageMutator(donors: seeds) : nil
/// Those whose formats are held together by offsets and lengths.
let offsetTargets: [FuzzTarget] = [.flatbuffer, .lite, .pickle, .zip, .safetensors, .checkpoint]
var counts: [Outcome: Int] = [:]
var longest = (processor: Duration.zero, number: first)
for number in first..<first + count {
  say("case \(number)")
  // Half of the cases of a format whose fields we can take apart keep its lengths right, of a text its form, of a format
  // that is held together by offsets every byte where it is.
  let bytes: [UInt8]
  if number.isMultiple(of: 2), let message = messages?.damaged(seed: number) {
    bytes = message
  } else if [.coco, .mot, .prototxt, .sidecar].contains(target), number.isMultiple(of: 2) {
    var mutator = TextMutator(seed: number)
    bytes = mutator.damaged(seeds[Int(number / 2 % UInt64(seeds.count))])
  } else {
    var mutator = ByteMutator(seed: number, donors: seeds)
    let isInPlace = offsetTargets.contains(target) && number.isMultiple(of: 2)
    bytes = mutator.damaged(seeds[Int(number / 2 % UInt64(seeds.count))], isInPlace: isInPlace)
  }
  let start = Processor.timeUsed
  counts[bytes.withUnsafeBytes { target.read($0) }, default: 0] += 1
  let used = Processor.timeUsed - start
  if used > longest.processor { longest = (used, number) }
}
// Its fields hang on pointers that carry a case beside the address: the address sanitizer would take them for lost.
messages = nil
for outcome in Outcome.allCases { say("\(outcome.rawValue) \(counts[outcome, default: 0])") }
say("longest \(longest.processor) case \(longest.number)")
// `getrusage` would tell of the process that started this one: its peak outlives exec.
let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
let peak = status.firstMatch(of: #/VmHWM:\s+(\d+) kB/#).flatMap { Int($0.1) } ?? Int.max
say("peak \(peak >> 10)")
