/// Finds the few logits that may pass the threshold among the many that do not, sixteen at a time.
struct LogitScan {
  /// Whether each column is a class that is asked for.
  let wanted: [Bool]
  private let bound: Float
  /// The bound of each column, not a number (which nothing passes) for columns that are not wanted; repeated so that
  /// sixteen can be read from any column on.
  private let bounds: [Float]

  /// A scan for logits of the `wanted` columns that are not below `bound`.
  init(wanted: [Bool], bound: Float) {
    (self.wanted, self.bound) = (wanted, bound)
    bounds = (0..<wanted.count + 15).map { wanted[$0 % wanted.count] ? bound : .nan }
  }

  /// Calls `body` with the index of every wanted logit that is not below the bound, in rising order.
  ///
  /// - Parameter logits: [anchors, columns], flattened.
  @inline(__always)
  func forEachHit(in logits: Span<Float>, _ body: (Int) -> Void) {
    let columns = wanted.count
    let bytes = unsafe logits.bytes
    let boundBytes = unsafe bounds.span.bytes
    var (index, column) = (0, 0)
    let step = 16 % columns
    while index + 16 <= logits.count {
      let values = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
      let limits = unsafe boundBytes.unsafeLoadUnaligned(fromByteOffset: 4 * column, as: SIMD16<Float>.self)
      let hits = values .>= limits
      if any(hits) {
        for lane in 0..<16 where hits[lane] { body(index + lane) }
      }
      index += 16
      column += step
      if column >= columns { column -= columns }
    }
    for index in index..<logits.count where logits[index] >= bounds[index % columns] { body(index) }
  }

  /// Whether a wanted logit of one anchor leads the background's by the bound; true where there is no background.
  func mayPass(_ row: Span<Float>, background: Int?) -> Bool {
    guard let background else { return true }
    let rest = row[background]
    for column in wanted.indices where wanted[column] && !(row[column] - rest < bound) { return true }
    return false
  }
}
