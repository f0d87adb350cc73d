/// A number for each pair of an object and a track that ever meet, most pairs of which never do.
struct TrackPairs<Value> {
  private let trackCount: Int
  private var values: [Int: Value] = [:]

  /// - Precondition: the product of the counts is an `Int`.
  init(tracks trackCount: Int) { self.trackCount = trackCount }

  /// The pair's value; `absent` where there was none.
  subscript(object: Int, track: Int, default absent: Value) -> Value {
    get { values[object * trackCount + track] ?? absent }
    _modify { yield &values[object * trackCount + track, default: absent] }
  }

  /// All pairs with a value, by object, then by track: sums over them come out the same each time.
  var sorted: [(object: Int, track: Int, value: Value)] {
    values.sorted { $0.key < $1.key }.map { ($0.key / trackCount, $0.key % trackCount, $0.value) }
  }
}
