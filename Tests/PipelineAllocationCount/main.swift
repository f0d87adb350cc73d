internal import CAllocationCount
internal import Output
internal import Posix
internal import Scene
internal import Streaming

// Prints how many blocks of memory 50,000 elements ask for on their way through a pipeline, in each mode, and then 1000
// lines of the event log.

for mode in [Pipeline.Mode.pipelined, .stepwise] {
  let counts = Guarded((early: 0, late: 0))
  let pipeline = Pipeline.from("numbers", 0, overflow: .wait) { n -> Int? in
    n += 1
    return n <= 60_000 ? n : nil
  }
  .through("same", owning: (), depth: .ahead(2)) { (_: inout Void, n: consuming Int) in n }
  .into("end", ()) { (_: inout Void, n: consuming Int) in
    if n == 10_000 { counts.withLock { $0.early = allocation_count() } }
    if n == 60_000 { counts.withLock { $0.late = allocation_count() } }
    return .more
  }
  try pipeline.run(mode)
  print(counts.withLock { $0.late - $0.early })
}

let seen = SeenObject(
  id: 3, label: "a name that does not fit into a small string", classID: 1, score: 0.934,
  rect: PixelRect(left: 1.333, top: 2, right: 100, bottom: 200.77))
let time = FrameTime(sinceFirst: .milliseconds(3333), captured: CaptureTime(monotonic: .zero, sinceEpoch: .seconds(1)))
let report = FrameReport(
  frame: 1, time: time, dropped: 1, lost: 1, width: 640, height: 480, objects: Array(repeating: seen, count: 100))
var log = try EventLog(path: "/dev/null")
try log.write(report)
let early = allocation_count()
for _ in 0..<1000 { try log.write(report) }
print(allocation_count() - early)
