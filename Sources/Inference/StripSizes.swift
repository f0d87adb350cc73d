/// From which size on bottlenecks are computed by strips of rows, and how large the strips are. Results do not depend on it.
package struct StripSizes: Sendable {
  /// Floats of a wide map, padding included, from which on its block pays as one: where the two wide maps are too much for
  /// the second-level cache of today's cores (measured on MobileNetV2: the block of 277,248 floats is faster as one, those of
  /// 207,936 and fewer are slower).
  var leastFloats = 250_000
  /// The same of blocks of bytes, which are up to 7 % faster so.
  var leastBytes = 700_000
  /// Floats of a strip's spread rows, as far as two rows of results allow (measured: the larger, the fewer rows are moved
  /// from strip to strip, until the cache is full).
  var floats = 107_000

  /// What was measured to be fastest.
  package init() {}

  /// Strips of `floats` floats, or as many as was measured to be fastest, from `least` values on.
  package init(from least: Int, floats: Int? = nil) {
    (leastFloats, leastBytes) = (least, least)
    if let floats { self.floats = floats }
  }
}
