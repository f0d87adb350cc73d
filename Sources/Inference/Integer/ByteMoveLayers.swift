internal import Model

/// Bytes in another order, or some of them.
struct RearrangeLayer: ByteLayer {
  let output: MapSize
  private let rearrangement: Rearrangement

  /// - Precondition: what `rearrangement` reads lies in the layer's input.
  init(_ rearrangement: Rearrangement) {
    self.rearrangement = rearrangement
    let length = max(rearrangement.counts.last ?? 1, 1)
    output = MapSize(width: 1, height: (rearrangement.count ?? 0) / length, channels: length)
  }

  var input: MapSize { output }
  var kind: StepDescription.Kind { .copy }
  var cut: Cut { .rows(multiple: 64) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let (length, step) = (output.channels, rearrangement.steps.last ?? 1)
    rearrangement.forEachRow(in: piece.rows) { row, place in
      let (from, to) = unsafe (bytes(source) + place, bytes(target) + row * length)
      if step == 1 {
        unsafe to.update(from: from, count: length)
      } else {
        for index in 0..<length { unsafe to[index] = from[index * step] }
      }
    }
  }
}

/// A tensor with one number around it.
struct BytePadLayer: ByteLayer {
  let output: MapSize
  private let byte: UInt8
  /// Of the axes but for the last: values of the input, and places before them and in all.
  private let axes: [(size: Int, before: Int, places: Int)]
  /// Values of a row of the input, and places before them.
  private let (length, before): (Int, Int)

  init(_ padding: IntegerPadding, around shape: Shape) {
    byte = UInt8(bitPattern: padding.number) ^ 0x80
    (length, before) = (shape.extents.last ?? 1, padding.before.last ?? 0)
    axes = shape.extents.indices.dropLast().map {
      (shape.extents[$0], padding.before[$0], padding.before[$0] + shape.extents[$0] + padding.behind[$0])
    }
    output = MapSize(
      width: 1, height: axes.reduce(1) { $0 * $1.places }, channels: before + length + (padding.behind.last ?? 0))
  }

  var input: MapSize { output }
  var kind: StepDescription.Kind { .copy }
  var cut: Cut { .rows(multiple: 64) }

  /// Returns the row of the input that stands at row `row` of the output; nil where only padding does.
  private func source(of row: Int) -> Int? {
    var (rest, source, step) = (row, 0, 1)
    for axis in axes.reversed() {
      let place = rest % axis.places - axis.before
      guard (0..<axis.size).contains(place) else { return nil }
      source += place * step
      step *= axis.size
      rest /= axis.places
    }
    return source
  }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    for row in piece.rows {
      let to = unsafe bytes(target) + row * output.channels
      unsafe to.update(repeating: byte, count: output.channels)
      if let place = self.source(of: row) {
        unsafe (to + before).update(from: bytes(source) + place * length, count: length)
      }
    }
  }
}
