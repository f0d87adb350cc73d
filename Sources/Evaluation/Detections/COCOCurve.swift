/// Precision and recall of one class, at each overlap of `COCOMatching.overlaps`.
struct COCOCurve {
  /// The mean of the precision at 101 recalls, 0, 0.01, …, 1, each the best at that recall or a higher one.
  private(set) var precision: [Double] = []
  /// The recall with all detections.
  private(set) var recall: [Double] = []

  /// Accumulates the outcomes of a class's detections in all pictures, by falling score; nil where `count`, that of the
  /// true boxes that count, is 0.
  init?(_ outcomes: [COCOMatching.Outcome], count: Int) {
    guard count > 0 else { return nil }
    for index in COCOMatching.overlaps.indices {
      let bit: UInt16 = 1 << UInt16(index)
      var (right, wrong) = (0.0, 0.0)
      var (recalls, precisions) = ([Double](), [Double]())
      recalls.reserveCapacity(outcomes.count)
      precisions.reserveCapacity(outcomes.count)
      for outcome in outcomes {
        if outcome.ignored & bit == 0 { if outcome.matched & bit == 0 { wrong += 1 } else { right += 1 } }
        recalls.append(right / Double(count))
        precisions.append(right / (right + wrong + Double.ulpOfOne))
      }
      recall.append(recalls.last ?? 0)
      for place in precisions.indices.dropFirst().reversed() where precisions[place] > precisions[place - 1] {
        precisions[place - 1] = precisions[place]
      }
      var (place, sum) = (0, 0.0)
      for step in 0...100 {
        let wanted = step == 100 ? 1 : Double(step) * 0.01
        while place < recalls.count, recalls[place] < wanted { place += 1 }
        guard place < recalls.count else { break }
        sum += precisions[place]
      }
      precision.append(sum / 101)
    }
  }
}
