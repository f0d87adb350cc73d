internal import Model

/// The operators that compute shapes of shapes.
extension ONNXTranslation {
  /// `Shape`, from opset 15 on also a part of it.
  @Sendable static func shape(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    let node = it.source.nodes[place]
    func clamped(_ index: Int) -> Int { min(max(index < 0 ? index &+ extents.count : index, 0), extents.count) }
    let start = clamped(node.integer("start") ?? 0)
    let end = max(clamped(node.integer("end") ?? extents.count), start)
    try it.set(place, KnownValue(list: Array(extents[start..<end])))
  }

  /// `Gather` from a list.
  @Sendable static func gather(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let (list, indices) = (try it.constantInput(place, 0), try it.constantInput(place, 1))
    guard list.extents.count == 1, it.source.nodes[place].integer("axis") ?? 0 == 0, let wanted = indices.integers
    else { throw it.source.fault(place, "it is supported only of a list") }
    let places = wanted.map { $0 < 0 ? $0 &+ list.count : $0 }
    guard places.allSatisfy({ (0..<list.count).contains($0) }) else {
      throw it.source.fault(place, "it takes what is not there")
    }
    try it.set(place, list.gathered(indices.extents, places))
  }

  /// `Slice` of a list: bounds are attributes, or from opset 10 on operands.
  @Sendable static func slice(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let node = it.source.nodes[place]
    let list = try it.constantInput(place, 0)
    let isOld = it.source.opset < 10
    let starts = isOld ? node.integers("starts") ?? [] : try it.integers(place, 1)
    let ends = isOld ? node.integers("ends") ?? [] : try it.integers(place, 2)
    let axes = isOld || it.operand(place, 3) == nil ? node.integers("axes") ?? [0] : try it.integers(place, 3)
    let steps = it.operand(place, 4) == nil ? [1] : try it.integers(place, 4)
    guard list.extents.count == 1, starts.count == 1, ends.count == 1, axes == [0] || axes == [-1], steps == [1]
    else { throw it.source.fault(place, "it is supported only of a list, one step at a time") }
    func clamped(_ index: Int) -> Int { min(max(index < 0 ? index &+ list.count : index, 0), list.count) }
    let start = clamped(starts[0])
    let end = max(clamped(ends[0]), start)
    try it.set(place, list.gathered([end - start], Array(start..<end)))
  }
}
