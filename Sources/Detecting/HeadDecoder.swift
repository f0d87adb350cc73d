package import Model
package import Scene

/// Turns the network's raw heads into detections: scores, boxes, greedy suppression class by class.
///
/// All families go through one loop: candidates above the threshold in one order (score falling, then class, then
/// anchor), each kept unless a kept one of its class overlaps it too much or a cap is reached. The buffers are reused:
/// after the first pictures only the returned array is allocated.
package struct HeadDecoder: Sendable {
  private let head: DetectionHead
  private let rule: ScoreRule
  /// At most so many boxes leave the suppression.
  private let total: Int
  /// At most so many detections are returned.
  private let most: Int
  /// What a class beside the best one of its box must score more than; nil is whatever it scores.
  private let besideThreshold: Float?
  private let boxDecoder: BoxDecoder
  private let scan: LogitScan
  /// The columns of classes, whether they are asked for or not.
  private let classColumns: [Bool]
  private var candidates = CandidateQueue()
  private var kept: KeptBoxes
  /// Chooses the classes of a box where it may have several.
  private var beside: BestClasses
  /// The scores of one anchor, for softmax.
  private var scores: [Float]

  /// - Precondition: `head` has at least one column, and fewer than 2³² scores.
  package init(_ head: DetectionHead, settings: DetectorSettings = DetectorSettings()) {
    precondition(head.columns > 0 && UInt32(exactly: head.anchors.count * head.columns) != nil, "Not a class head.")
    self.head = head
    let rules = head.suppression
    let fileThreshold = rules.includesThreshold ? rules.scoreThreshold.nextDown : rules.scoreThreshold
    rule = ScoreRule(head.scores, threshold: settings.threshold ?? fileThreshold)
    besideThreshold = settings.threshold
    most = settings.maxDetections ?? .max
    total = (rules.isTotalFinal ? rules.total : settings.maxDetections ?? rules.total) ?? Int.max
    boxDecoder = BoxDecoder(
      anchors: head.anchors, centered: head.centeredAnchors, coder: head.coder, factors: head.anchorFactors)
    beside = BestClasses(count: rules.classesPerBox, first: head.backgroundColumn == 0 ? 1 : 0)
    let columns = (0..<head.columns).map { column in
      column != head.backgroundColumn && settings.classes?.contains(column + head.classOffset) ?? true
    }
    classColumns = (0..<head.columns).map { $0 != head.backgroundColumn }
    scan = LogitScan(wanted: columns, bound: rule.logitBound)
    kept = KeptBoxes(groups: head.columns, rules: rules)
    scores = Array(repeating: 0, count: head.columns)
  }

  /// Returns the detections by falling score, ties by class, then anchor; rectangles in pixels of a picture of
  /// `width` × `height`.
  ///
  /// A score or a box that is not a number, or infinite after clipping, is no detection.
  /// - Precondition: `boxes` is [anchors, 4] and `classes` is [anchors, columns], flattened.
  package mutating func detections(boxes: Span<Float>, classes: Span<Float>, width: Int, height: Int) -> [Detection] {
    precondition(boxes.count == 4 * head.anchors.count, "Box head of \(boxes.count) numbers.")
    precondition(classes.count == head.columns * head.anchors.count, "Class head of \(classes.count) numbers.")
    candidates.removeAll()
    kept.removeAll()
    collectCandidates(classes)
    candidates.order()

    let rules = head.suppression
    // Where what comes first out of the queue is not what comes first in the result, all of it is waited for.
    let isLate = rules.classesPerBox > 1 || rules.prefersLaterClass
    let limit = isLate ? total : min(total, most)
    var (found, count) = ([Detection](), 0)
    while count < limit, let candidate = candidates.next() {
      let (column, anchor) = columnAndAnchor(at: candidate.place)
      guard !kept.isFull(group(of: column)), let box = survivor(anchor, column: column, boxes: boxes) else { continue }
      if rules.classesPerBox > 1 {
        count += appendClasses(of: anchor, box.rect(inWidth: width, height: height), classes, to: &found) ? 1 : 0
        continue
      }
      // Where classes are not told apart, one that is not asked for suppresses others all the same.
      guard scan.wanted[column] else { continue }
      count += 1
      found.append(
        Detection(
          rect: box.rect(inWidth: width, height: height), score: candidate.score, classID: column + head.classOffset,
          anchor: anchor))
    }
    guard isLate else { return found }
    found.sort { ($1.score, $0.classID, $0.anchor) < ($0.score, $1.classID, $1.anchor) }
    return Array(found.prefix(most))
  }

  /// Appends a detection for each of the best classes of a kept box that is asked for; returns whether there is one.
  private mutating func appendClasses(
    of anchor: Int, _ rect: PixelRect, _ logits: Span<Float>, to found: inout [Detection]
  ) -> Bool {
    let row = logits.extracting(anchor * head.columns..<(anchor + 1) * head.columns)
    computeScores(of: row)
    var isWanted = false
    for (rank, column) in beside.columns(of: scores).enumerated()
    where scan.wanted[column] && !scores[column].isNaN {
      if rank > 0, let besideThreshold, !(scores[column] > besideThreshold) { continue }
      isWanted = true
      found.append(
        Detection(rect: rect, score: scores[column], classID: column + head.classOffset, anchor: anchor))
    }
    return isWanted
  }

  /// Computes the scores of one anchor.
  private mutating func computeScores(of row: Span<Float>) {
    switch head.scores {
    case .identity: for column in row.indices { scores[column] = row[column] }
    case .sigmoid: for column in row.indices { scores[column] = ScoreRule.sigmoid(row[column]) }
    case .softmax:
      var span = scores.mutableSpan
      ScoreRule.softmax(of: row, into: &span)
    }
  }

  /// Returns what a candidate's place means: with equal scores the lower class comes first, then the lower anchor, or the
  /// anchor alone where classes are not told apart.
  private func columnAndAnchor(at place: Int) -> (column: Int, anchor: Int) {
    guard head.suppression.isClassAgnostic else {
      let (rank, anchor) = place.quotientAndRemainder(dividingBy: head.anchors.count)
      return (column(ofRank: rank), anchor)
    }
    return (place % head.columns, place / head.columns)
  }

  /// Returns the column that is number `rank` among equal scores, and the other way round.
  private func column(ofRank rank: Int) -> Int {
    head.suppression.prefersLaterClass ? head.columns - 1 - rank : rank
  }

  /// Returns the place of a candidate where classes are told apart.
  private func place(_ anchor: Int, column: Int) -> UInt32 {
    UInt32(self.column(ofRank: column) * head.anchors.count + anchor)
  }

  /// Returns the number of those that suppress each other.
  private func group(of column: Int) -> Int { head.suppression.isClassAgnostic ? 0 : column }

  /// Returns the final box of a candidate; nil where it is suppressed or left out.
  private mutating func survivor(_ anchor: Int, column: Int, boxes: Span<Float>) -> Box? {
    guard var box = boxDecoder.box(of: anchor, in: boxes) else { return nil }
    if head.suppression.clipping == .beforeSuppression {
      box = box.clippedToPicture
      if head.suppression.dropsEmptyBoxes, !box.hasArea { return nil }
    }
    guard kept.keep(box, in: group(of: column)) else { return nil }
    if head.suppression.clipping == .afterSuppression { box = box.clippedToPicture }
    if head.suppression.dropsEmptyBoxes, !box.hasArea { return nil }
    return box.isFinite ? box : nil
  }

  /// Collects the scores that pass the threshold.
  private mutating func collectCandidates(_ logits: Span<Float>) {
    if head.suppression.isClassAgnostic { return collectBest(logits) }
    switch head.scores {
    case .identity: collect(logits) { $0 }
    case .sigmoid: collect(logits, score: ScoreRule.sigmoid)
    case .softmax: collectSoftmax(logits)
    }
  }

  /// Collects where a score depends on its own logit only.
  private mutating func collect(_ logits: Span<Float>, score: (Float) -> Float) {
    scan.forEachHit(in: logits) { index in
      let score = score(logits[index])
      guard score > rule.threshold else { return }
      let (anchor, column) = index.quotientAndRemainder(dividingBy: head.columns)
      candidates.append(Candidate(score: score, place: place(anchor, column: column)))
    }
  }

  /// Collects the best class of each anchor, of equal ones the first.
  private mutating func collectBest(_ logits: Span<Float>) {
    for anchor in head.anchors.indices {
      let row = logits.extracting(anchor * head.columns..<(anchor + 1) * head.columns)
      if head.scores == .softmax { computeScores(of: row) }
      var best: (score: Float, column: Int)?
      for column in classColumns.indices where classColumns[column] {
        let score =
          switch head.scores {
          case .identity: row[column]
          case .sigmoid: ScoreRule.sigmoid(row[column])
          case .softmax: scores[column]
          }
        if score > best?.score ?? -.infinity { best = (score, column) }
      }
      guard let best, best.score > rule.threshold else { continue }
      candidates.append(Candidate(score: best.score, place: UInt32(anchor * head.columns + best.column)))
    }
  }

  /// Collects where a score depends on all logits of its anchor; anchors whose background leads are passed over.
  private mutating func collectSoftmax(_ logits: Span<Float>) {
    for anchor in head.anchors.indices {
      let row = logits.extracting(anchor * head.columns..<(anchor + 1) * head.columns)
      guard scan.mayPass(row, background: head.backgroundColumn) else { continue }
      var span = scores.mutableSpan
      ScoreRule.softmax(of: row, into: &span)
      for column in scores.indices where scan.wanted[column] && scores[column] > rule.threshold {
        candidates.append(Candidate(score: scores[column], place: place(anchor, column: column)))
      }
    }
  }
}

extension Box {
  /// The part inside the picture, each corner for itself.
  fileprivate var clippedToPicture: Box {
    Box(
      yMin: max(min(yMin, 1), 0), xMin: max(min(xMin, 1), 0), yMax: max(min(yMax, 1), 0), xMax: max(min(xMax, 1), 0))
  }

  /// Whether height times width is greater than 0, in float32.
  fileprivate var hasArea: Bool { (yMax - yMin) * (xMax - xMin) > 0 }

  fileprivate var isFinite: Bool { yMin.isFinite && xMin.isFinite && yMax.isFinite && xMax.isFinite }
}
