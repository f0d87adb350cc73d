package import Pixels

/// Finds places for the labels of a picture, so that they hide as little as can be of each other and of what is in the
/// other boxes.
///
/// One label after the other, in the order of the report, takes the cheapest of sixteen places: eight sides of its box,
/// with the full text or the brief one. A place costs what it hides, pixel by pixel, and something for what it is: see
/// `Price`. The place that a track's label had in the frame before is spared the price of moving, so that labels do not
/// jump to and fro. Time is bounded: labels beyond the first `mostArranged` stand above their boxes, whatever is there.
package struct LabelLayout {
  /// A side of a box where a label may stand, in order of preference.
  package enum Side: Int, CaseIterable, Sendable {
    case aboveLeft, aboveRight, belowLeft, belowRight, besideRight, besideLeft, insideBottom, insideTop
  }

  /// Where a label stands, and with which text.
  package struct Place: Equatable, Sendable {
    package var side: Side
    package var isBrief: Bool

    package init(side: Side, isBrief: Bool) { (self.side, self.isBrief) = (side, isBrief) }

    /// Where labels stand unless something speaks against it.
    package static let usual = Place(side: .aboveLeft, isBrief: false)
  }

  /// A label that wants a place.
  package struct Request: Sendable {
    /// The box that it belongs to, inside the picture.
    package var box: PixelArea
    /// Widths of its plate with either text, in pixels; at most the picture's.
    package var fullWidth: Int
    package var briefWidth: Int
    /// Where it stood in the frame before.
    package var previous: Place?

    package init(box: PixelArea, fullWidth: Int, briefWidth: Int, previous: Place? = nil) {
      (self.box, self.fullWidth, self.briefWidth, self.previous) = (box, fullWidth, briefWidth, previous)
    }
  }

  /// A label with its place.
  package struct Placed: Equatable {
    package var place: Place
    /// The pixels that it takes, all in the picture.
    package var plate: PixelArea
  }

  /// What a place costs; the unit is one pixel of a box that is hidden.
  private enum Price {
    /// A pixel of another label.
    static let label = 8
    /// A pixel of the upper quarter of a box, where people have their heads: this on top of the box's own price.
    static let head = 3
    /// Each step down in the order of sides, in parts of the label's area.
    static let side = 0.02
    /// The brief text, in parts of the full label's area.
    static let brevity = 0.6
    /// Another place than in the frame before, in parts of the full label's area.
    static let moving = 0.5
  }

  /// Labels beyond this number are not arranged.
  package static let mostArranged = 200

  /// All pixels of the picture.
  private let picture: PixelArea
  /// Height of every label, in pixels.
  private let height: Int

  /// A layout of labels that are `height` pixels high, in `picture`.
  ///
  /// - Precondition: the picture is as high at least.
  package init(picture: PixelArea, height: Int) {
    precondition(height <= picture.rows.count, "labels of \(height) rows in a picture of \(picture.rows.count)")
    (self.picture, self.height) = (picture, height)
  }

  /// Returns places for `requests`, in their order.
  package func places(for requests: [Request]) -> [Placed] {
    var taken: [PixelArea] = []
    taken.reserveCapacity(requests.count)
    return requests.enumerated().map { index, request in
      let placed =
        index < Self.mostArranged
        ? cheapest(for: request, among: requests.prefix(Self.mostArranged), taken) : placed(request, .usual)
      taken.append(placed.plate)
      return placed
    }
  }

  /// Returns `request` at `place`, moved into the picture where it would leave it.
  package func placed(_ request: Request, _ place: Place) -> Placed {
    let (columns, rows) = (request.box.columns, request.box.rows)
    let width = place.isBrief ? request.briefWidth : request.fullWidth
    let (rightmost, lowest) = (columns.upperBound - width, rows.upperBound - height)
    let (left, top) =
      switch place.side {
      case .aboveLeft: (columns.lowerBound, rows.lowerBound - height)
      case .aboveRight: (rightmost, rows.lowerBound - height)
      case .belowLeft: (columns.lowerBound, rows.upperBound)
      case .belowRight: (rightmost, rows.upperBound)
      case .besideRight: (columns.upperBound, rows.lowerBound)
      case .besideLeft: (columns.lowerBound - width, rows.lowerBound)
      case .insideBottom: (columns.lowerBound, lowest)
      case .insideTop: (columns.lowerBound, rows.lowerBound)
      }
    let column = max(min(left, picture.columns.upperBound - width), 0)
    let row = max(min(top, picture.rows.upperBound - height), 0)
    return Placed(
      place: place, plate: PixelArea(columns: column..<column + width, rows: row..<row + height))
  }

  private func cheapest(
    for request: Request, among requests: ArraySlice<Request>, _ taken: [PixelArea]
  ) -> Placed {
    let surroundings = Surroundings(of: request, boxes: requests.lazy.map(\.box), labels: taken, height: height)
    var best = placed(request, .usual)
    var least = Double.infinity
    for isBrief in [false, true] where !isBrief || request.briefWidth < request.fullWidth {
      for side in Side.allCases {
        let candidate = placed(request, Place(side: side, isBrief: isBrief))
        let nature = price(of: candidate.place, for: request)
        guard nature < least else { continue }
        let cost = nature + Double(surroundings.hidden(by: candidate.plate))
        if cost < least { (best, least) = (candidate, cost) }
      }
    }
    return best
  }

  /// Returns what `place` costs whatever is there.
  private func price(of place: Place, for request: Request) -> Double {
    let area = Double(request.fullWidth * height)
    var price = Price.side * Double(place.side.rawValue)
    if place.isBrief { price += Price.brevity }
    if let previous = request.previous, previous != place { price += Price.moving }
    return price * area
  }

  /// What a label may hide: all that is within its reach.
  package struct Surroundings {
    private let labels: [PixelArea]
    /// The boxes beside its own; those that hold its own box whole are its background, of which nothing is hidden.
    private let bodies: [PixelArea]
    /// The upper quarters of all boxes, its own and those behind it included.
    private let heads: [PixelArea]

    /// The surroundings of the label of `request`, which is `height` pixels high, among all `boxes` and the `labels`
    /// that have their places.
    package init(of request: Request, boxes: some Sequence<PixelArea>, labels: [PixelArea], height: Int) {
      let own = request.box
      let reach = PixelArea(
        columns: own.columns.lowerBound - request.fullWidth..<own.columns.upperBound + request.fullWidth,
        rows: own.rows.lowerBound - height..<own.rows.upperBound + height)
      let near = boxes.filter { $0.overlap(with: reach) > 0 }
      self.labels = labels.filter { $0.overlap(with: reach) > 0 }
      bodies = near.filter { $0.overlap(with: own) < own.count }
      heads = near.map {
        PixelArea(columns: $0.columns, rows: $0.rows.lowerBound..<$0.rows.lowerBound + ($0.rows.count + 3) / 4)
      }
    }

    /// Returns what a label on `plate` hides, each pixel weighed by its price.
    package func hidden(by plate: PixelArea) -> Int {
      var sum = 0
      for label in labels { sum += Price.label * plate.overlap(with: label) }
      for head in heads { sum += Price.head * plate.overlap(with: head) }
      for body in bodies { sum += plate.overlap(with: body) }
      return sum
    }
  }
}
