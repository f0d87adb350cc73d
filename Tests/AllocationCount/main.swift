internal import CAllocationCount
internal import Inference
internal import Model
internal import TestNetworks

// Prints how many blocks of memory 20 runs of a session ask for, after a first one: on one thread, then on three.

let graph = try ssdliteMobileNetV2(size: 96, columns: 3, width: 0.25)
let engine = try Engine(graph)
let pool = TensorPool(layout: engine.inputLayout, capacity: 2)
for threads in [1, 3] {
  var session = Session(engine, threads: threads)
  var sum: Float = 0
  var before = 0
  for round in 0...20 {
    if round == 1 { before = allocation_count() }
    let input = pool.take()
    session.run(input) { boxes, classes in sum += boxes[0] + classes[0] }
  }
  let count = allocation_count() - before
  print(count, sum.isFinite)
}
