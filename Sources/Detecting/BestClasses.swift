/// Chooses the best few classes of a box as TensorFlow Lite's detection operator does, equal scores included.
///
/// The operator's order is that of the C++ library's partial sort, which is not stable: of equal scores it keeps those
/// that its heap happens to keep. Which they are is part of the results, so the same heap is built here: the worst of
/// the chosen is at the top, and a later class takes its place only where it scores more.
struct BestClasses {
  private let count: Int
  /// The first column that is a class.
  private let first: Int
  private var chosen: [Int] = []

  /// A choice of `count` classes at most.
  init(count: Int, first: Int) { (self.count, self.first) = (count, first) }

  /// Returns the columns of the best classes by falling score.
  mutating func columns(of scores: [Float]) -> [Int] {
    let classes = first..<scores.count
    chosen.removeAll(keepingCapacity: true)
    chosen.append(contentsOf: classes.prefix(count))
    for hole in (0..<chosen.count / 2).reversed() { adjust(hole, to: chosen[hole], scores, chosen.count) }
    for column in classes.dropFirst(count) {
      guard let worst = chosen.first, scores[column] > scores[worst] else { continue }
      adjust(0, to: column, scores, chosen.count)
    }
    // The heap's sort: the worst goes behind the others, again and again.
    for end in (1..<max(chosen.count, 1)).reversed() {
      let last = chosen[end]
      chosen[end] = chosen[0]
      adjust(0, to: last, scores, end)
    }
    return chosen
  }

  /// Puts `column` where `hole` is: down to a leaf past the worse of two children, then up past better parents
  /// (`__adjust_heap` and `__push_heap`).
  private mutating func adjust(_ hole: Int, to column: Int, _ scores: [Float], _ length: Int) {
    var place = hole
    while case var child = 2 * place + 2, child <= length {
      if child == length || scores[chosen[child]] > scores[chosen[child - 1]] { child -= 1 }
      chosen[place] = chosen[child]
      place = child
    }
    while place > hole, case let parent = (place - 1) / 2, scores[chosen[parent]] > scores[column] {
      chosen[place] = chosen[parent]
      place = parent
    }
    chosen[place] = column
  }
}
