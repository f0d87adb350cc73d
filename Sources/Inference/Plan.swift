/// What a session does for each picture: steps one after the other, all on one arena.
struct Plan: Sendable {
  /// In the order in which they run.
  let steps: [Step]
  /// What each step is, for people; by the step's index.
  let descriptions: [StepDescription]
  /// Floats of the arena.
  let arenaCount: Int
  /// Floats of scratch memory that each thread needs.
  let scratchCount: Int
  /// Where the graph's outputs lie at the end, each without gaps.
  let outputs: [Region]
}

/// One layer with where it reads and writes.
struct Step: Sendable {
  let layer: any Layer
  /// What the layer reads.
  let source: Place
  /// The other operand of a layer that has two.
  let second: Place?
  /// What the layer writes.
  let target: Place
  /// Multiply-adds, to tell steps that are worth sharing.
  let work: Int

  /// Below a few microseconds the way to the other threads costs more than they save.
  private static let leastShared = 200_000
  /// Pieces of a thread, at most: some are left for whoever is done first.
  private static let mostPieces = 4

  /// Returns into how many pieces `threads` threads cut this step.
  func pieces(threads: Int) -> Int {
    guard threads > 1, work >= Self.leastShared else { return 1 }
    guard case .evenRows(let least, let enough) = layer.cut else { return min(units, Self.mostPieces * threads) }
    return min(max(units / least, 1), threads * min(max(units / (threads * enough), 1), Self.mostPieces))
  }

  /// Returns the piece `index` of `count`; together they are the whole output, and none is empty.
  func piece(_ index: Int, of count: Int) -> Piece {
    let (start, end) = (index * units / count, (index + 1) * units / count)
    var piece = Piece(rows: 0..<layer.output.height, panels: 0..<layer.output.panels)
    switch layer.cut {
    case .rows(let multiple): piece.rows = start * multiple..<min(end * multiple, layer.output.height)
    case .evenRows: piece.rows = start..<end
    case .panels(let multiple): piece.panels = start * multiple..<min(end * multiple, layer.output.panels)
    }
    return piece
  }

  /// The number of indivisible parts.
  private var units: Int {
    switch layer.cut {
    case .rows(let multiple): (layer.output.height + multiple - 1) / multiple
    case .evenRows: layer.output.height
    case .panels(let multiple): (layer.output.panels + multiple - 1) / multiple
    }
  }
}

/// A map's place while a plan runs.
enum Place: Equatable {
  /// The network's input, where the caller's tensor lies.
  case picture
  /// In the arena, from `offset` on, channels in panels of 16.
  case panels(offset: Int)
  /// In the arena, from `offset` on, pixels without gaps.
  case flat(offset: Int)
  /// In the arena, from byte `offset` on: whole numbers of 8 bits, or what is made of them, NHWC without gaps.
  case bytes(offset: Int)
}

/// A range of the arena, in floats.
struct Region: Equatable {
  var offset: Int
  var count: Int
}
