internal import KernelCalls
internal import Kernels

/// One kernel's work on a whole map, which can be done in pieces, in any order and on any thread; only `Piece.above` ties
/// two together.
///
/// A layer owns its packed weights. Its pieces read only `source` and `second` and write only their part of `target`.
protocol Layer: Sendable {
  /// The name of the kind, for people.
  var kind: StepDescription.Kind { get }
  /// The size of `source` as a whole.
  var input: MapSize { get }
  /// The size of `target` as a whole.
  var output: MapSize { get }
  /// The size of the other operand of a layer that has two.
  var secondInput: MapSize { get }
  /// How the work is best shared among threads.
  var cut: Cut { get }
  /// Floats of scratch memory that `compute` needs, whatever the piece.
  var scratch: Int { get }
  /// Computes `piece` of the output.
  ///
  /// - Parameters:
  ///   - source: holds at least the input rows that the piece reads.
  ///   - second: the other operand, of the size `secondInput`; nil where the operator has one operand.
  ///   - scratch: memory that no other piece uses meanwhile; it holds what the piece above left where `piece` has one.
  @unsafe
  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>)
}

extension Layer {
  /// Most layers need none.
  var scratch: Int { 0 }
  /// What is added to a result has its size.
  var secondInput: MapSize { output }
}

/// The size of a feature map, and of what it is.
struct MapSize: Equatable {
  var width: Int
  var height: Int
  var channels: Int
  var elements = Elements.floats

  /// What a map holds.
  enum Elements: Equatable {
    case floats
    /// Floats rounded to halves (bfloat16): in pairs, two neighbouring channels in the place of a float; else as floats.
    case halves(inPairs: Bool)

    /// Floats that a panel of a pixel takes.
    var panelFloats: Int { self == .halves(inPairs: true) ? panelWidth / 2 : panelWidth }
  }

  var pixels: Int { width * height }
  /// Groups of 16 channels, the last one padded.
  var panels: Int { padded(channels) / panelWidth }
  /// Floats of the map in panels.
  var floats: Int { pixels * panels * elements.panelFloats }
  /// The same pixels one below the other: for layers that look at one pixel at a time and may be cut anywhere.
  var column: MapSize { MapSize(width: 1, height: pixels, channels: channels, elements: elements) }
}

/// A part of a layer's output: rows by panels of channels.
struct Piece {
  var rows: Range<Int>
  var panels: Range<Int>
  /// The rows right above these where the same thread computed them last, on the same scratch memory, which it has left as
  /// it was; else nil.
  var above: Range<Int>?
}

/// Some rows of a map in memory.
@unsafe
struct Strip {
  /// Where pixel 0 of row `firstRow` lies.
  var map: FeatureMap
  /// The map's row that lies at `map.base`.
  var firstRow = 0

  /// Returns the map from row `row` on, of a map that is `width` wide.
  func from(row: Int, width: Int) -> FeatureMap { unsafe from(pixel: row * width, width: width) }

  /// Returns the map from pixel `pixel` on, of a map that is `width` wide.
  func from(pixel: Int, width: Int) -> FeatureMap {
    var rest = unsafe map
    unsafe rest.base += (pixel - firstRow * width) * rest.pixelStride
    return rest
  }
}

/// How the work of a layer is shared: along which axes, in multiples of how much.
enum Cut {
  /// Every piece has all channels of some rows.
  case rows(multiple: Int)
  /// Every piece has some channels, in multiples of `panels`, of as many rows as any other, in multiples of `rows`: of
  /// `least` at least, where there are so many, and of `enough` where there are more ranges of rows than threads.
  case blocks(least: Int, enough: Int, rows: Int = 1, panels: Int)
  /// Every piece has all rows of some channels.
  case panels(multiple: Int)
}
