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
  /// Pieces of a thread, at most: some are left for whoever is done first. Measured: with two, whole networks are as fast as
  /// with four or up to 4 % faster.
  private static let mostPieces = 2

  /// How many ranges of rows a step is cut into, times how many of panels.
  struct Pieces {
    var rows = 1
    var panels = 1

    var count: Int { rows * panels }
  }

  /// Returns the pieces into which `threads` threads cut this step.
  func pieces(threads: Int) -> Pieces {
    guard threads > 1, work >= Self.leastShared else { return Pieces() }
    let (units, most) = (units, Self.mostPieces * threads)
    switch layer.cut {
    case .rows: return Pieces(rows: min(units.rows, most))
    case .panels: return Pieces(panels: min(units.panels, most))
    case .blocks(let least, let enough, _, _):
      let ofThread = min(max(layer.output.height / (threads * enough), 1), Self.mostPieces)
      let rows = min(max(layer.output.height / least, 1), threads * ofThread)
      return Pieces(rows: rows, panels: min(units.panels, max(most / rows, 1)))
    }
  }

  /// Returns piece `index` of `pieces`; together they are the whole output, and none is empty. Those of the same rows are
  /// neighbours, so that mostly one thread computes them.
  ///
  /// - Parameter isNext: whether the thread has just computed the piece before.
  func piece(_ index: Int, of pieces: Pieces, isNext: Bool = false) -> Piece {
    /// Returns part `part` of `parts` of a size that consists of `units`, each `unit` long.
    func range(_ part: Int, of parts: Int, _ unit: Int, _ units: Int, size: Int) -> Range<Int> {
      part * units / parts * unit..<min((part + 1) * units / parts * unit, size)
    }
    let (unit, units) = (unit, units)
    func rows(_ index: Int) -> Range<Int> {
      range(index / pieces.panels, of: pieces.rows, unit.rows, units.rows, size: layer.output.height)
    }
    return Piece(
      rows: rows(index),
      panels: range(index % pieces.panels, of: pieces.panels, unit.panels, units.panels, size: layer.output.panels),
      above: isNext && pieces.panels == 1 ? rows(index - 1) : nil)
  }

  /// Rows and panels of an indivisible part.
  private var unit: (rows: Int, panels: Int) {
    switch layer.cut {
    case .rows(let multiple): (multiple, max(layer.output.panels, 1))
    case .panels(let multiple): (max(layer.output.height, 1), multiple)
    case .blocks(_, _, let rows, let panels): (rows, max(panels, 1))
    }
  }

  /// The number of indivisible parts on each axis.
  private var units: (rows: Int, panels: Int) {
    ((layer.output.height + unit.rows - 1) / unit.rows, (layer.output.panels + unit.panels - 1) / unit.panels)
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
