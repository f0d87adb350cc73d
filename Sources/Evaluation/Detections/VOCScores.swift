/// Average precision by the rules of Pascal VOC at an IoU of 0.5 (Everingham et al. 2010, "The Pascal Visual Object
/// Classes (VOC) Challenge", section 4.2; the development kits of 2007 and 2010).
///
/// A detection, the surest first, is held against the object of its class that it overlaps most, whether that is taken
/// or not: the first one is right, every other wrong. What overlaps a difficult object most is neither; COCO's files
/// know no difficult ones, their crowds are taken for such. Boxes have no extra pixel at their edges.
package struct VOCScores: Sendable {
  /// The figures of one class, 0…1; −1 where it has no object that counts.
  package struct OfClass: Sendable {
    package let category: COCOTruth.Category
    /// The rule of 2007: the mean of the best precision at recall r or more, r = 0, 0.1, …, 1.
    package let elevenPoints: Double
    /// The rule of 2010: the area below the curve of the best precision at each recall or more.
    package let area: Double
  }

  /// By rising id, all categories.
  package let classes: [OfClass]

  /// The mean of `OfClass.elevenPoints` over the classes with objects; −1 without any.
  package var elevenPoints: Double { mean(\.elevenPoints) }
  /// The mean of `OfClass.area` over the classes with objects; −1 without any.
  package var area: Double { mean(\.area) }

  /// Scores `detections` of the pictures of `truth`; of equal scores the one that is given first comes first.
  package init(_ detections: [COCODetection], truth: COCOTruth) {
    let objects = Dictionary(grouping: truth.objects, by: \.category)
    let found = Dictionary(grouping: detections, by: \.category)
    let known = Set(truth.pictures.map(\.id))
    classes = truth.categories.map { category in
      let curve = VOCCurve(
        objects[category.id] ?? [], (found[category.id] ?? []).filter { known.contains($0.picture) })
      return OfClass(category: category, elevenPoints: curve?.elevenPoints ?? -1, area: curve?.area ?? -1)
    }
  }

  private func mean(_ figure: KeyPath<OfClass, Double>) -> Double {
    let values = classes.map { $0[keyPath: figure] }.filter { $0 >= 0 }
    return values.isEmpty ? -1 : values.reduce(0, +) / Double(values.count)
  }
}

/// Recall and best precision of one class, detection by detection.
private struct VOCCurve {
  private var recalls: [Double] = []
  /// At each recall or a higher one.
  private var precisions: [Double] = []

  /// Nil where no object counts.
  init?(_ truth: [COCOTruth.Object], _ detections: [COCODetection]) {
    let count = truth.count { !$0.isCrowd }
    guard count > 0 else { return nil }
    let places = Dictionary(grouping: truth.indices) { truth[$0].picture }
    var isTaken = [Bool](repeating: false, count: truth.count)
    var (right, wrong) = (0, 0)
    for index in byFallingScore(detections.map(\.score)) {
      let detection = detections[index]
      var (best, match) = (0.5, Int?.none)
      for place in places[detection.picture] ?? [] {
        let overlap = detection.box.overlap(with: truth[place].box, isCrowd: false)
        if match == nil ? overlap >= best : overlap > best { (best, match) = (overlap, place) }
      }
      if let match, truth[match].isCrowd { continue }
      if let match, !isTaken[match] {
        isTaken[match] = true
        right += 1
      } else {
        wrong += 1
      }
      recalls.append(Double(right) / Double(count))
      precisions.append(Double(right) / Double(right + wrong))
    }
    for place in precisions.indices.dropFirst().reversed() {
      precisions[place - 1] = max(precisions[place - 1], precisions[place])
    }
  }

  var elevenPoints: Double {
    (0...10).reduce(0) { sum, step in
      sum + (recalls.firstIndex { $0 >= Double(step) / 10 }.map { precisions[$0] } ?? 0)
    } / 11
  }

  var area: Double {
    var (sum, last) = (0.0, 0.0)
    for (recall, precision) in zip(recalls, precisions) {
      sum += (recall - last) * precision
      last = recall
    }
    return sum
  }
}
