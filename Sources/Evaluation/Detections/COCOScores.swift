/// COCO's twelve figures, as pycocotools' `COCOeval` computes them of boxes, and those of each class.
package struct COCOScores: Sendable {
  /// What one figure is the mean of.
  package struct Figure: Sendable {
    /// As machines call it: `ap50`, `ar_small`.
    package let name: String
    /// As people call it: `AP at IoU 0.50`.
    package let title: String
    /// 0…1; −1 where there is no object that counts, as the reference has it.
    package let value: Double
  }

  /// The figures of one class; −1 where none of its objects counts.
  package struct OfClass: Sendable {
    package let category: COCOTruth.Category
    /// True boxes without crowds.
    package let objects: Int
    package let ap: Double
    package let ap50: Double
    package let ap75: Double
    /// With 100 detections of a picture.
    package let recall: Double
  }

  /// The twelve, in COCO's order.
  package let figures: [Figure]
  /// By rising id, all categories.
  package let classes: [OfClass]

  /// Scores `detections` of the pictures of `truth`.
  ///
  /// Of a class in a picture the 100 best count; of equal scores the one that comes first, by the picture's id and then
  /// in the order given. Detections of other pictures and categories do not count.
  package init(_ detections: [COCODetection], truth: COCOTruth) {
    let objects = Dictionary(grouping: truth.objects, by: \.category)
    let found = Dictionary(grouping: detections, by: \.category)
    let known = Set(truth.pictures.map(\.id))
    let curves = truth.categories.map {
      ClassCurves(truth: objects[$0.id] ?? [], detections: (found[$0.id] ?? []).filter { known.contains($0.picture) })
    }
    classes = zip(truth.categories, curves).map { category, curves in
      let all = curves.ofArea[.all]
      return OfClass(
        category: category, objects: (objects[category.id] ?? []).count { !$0.isCrowd },
        ap: mean(all?.precision ?? []), ap50: all?.precision[0] ?? -1, ap75: all?.precision[5] ?? -1,
        recall: mean(all?.recall ?? []))
    }
    func precision(_ area: COCOArea) -> Double {
      mean(curves.flatMap { $0.ofArea[area]?.precision ?? [] })
    }
    func precision(at overlap: Int) -> Double {
      mean(curves.compactMap { $0.ofArea[.all]?.precision[overlap] })
    }
    func recall(_ area: COCOArea) -> Double { mean(curves.flatMap { $0.ofArea[area]?.recall ?? [] }) }
    func recall(limit: Int) -> Double { mean(curves.flatMap { $0.ofLimit[limit]?.recall ?? [] }) }
    figures = [
      Figure(name: "ap", title: "AP", value: precision(.all)),
      Figure(name: "ap50", title: "AP at IoU 0.50", value: precision(at: 0)),
      Figure(name: "ap75", title: "AP at IoU 0.75", value: precision(at: 5)),
      Figure(name: "ap_small", title: "AP, small", value: precision(.small)),
      Figure(name: "ap_medium", title: "AP, medium", value: precision(.medium)),
      Figure(name: "ap_large", title: "AP, large", value: precision(.large)),
      Figure(name: "ar_1", title: "AR, 1 detection", value: recall(limit: 1)),
      Figure(name: "ar_10", title: "AR, 10 detections", value: recall(limit: 10)),
      Figure(name: "ar_100", title: "AR, 100 detections", value: recall(.all)),
      Figure(name: "ar_small", title: "AR, small", value: recall(.small)),
      Figure(name: "ar_medium", title: "AR, medium", value: recall(.medium)),
      Figure(name: "ar_large", title: "AR, large", value: recall(.large)),
    ]
  }
}

/// The curves of one class; nil where none of its objects counts.
private struct ClassCurves {
  /// With 100 detections.
  private(set) var ofArea: [COCOArea: COCOCurve] = [:]
  /// Of objects of all sizes, with fewer detections of a picture.
  private(set) var ofLimit: [Int: COCOCurve] = [:]

  init(truth: [COCOTruth.Object], detections: [COCODetection]) {
    let truth = Dictionary(grouping: truth, by: \.picture)
    let detections = Dictionary(grouping: detections, by: \.picture).mapValues { found in
      Array(byFallingScore(found.map(\.score)).prefix(COCOMatching.mostDetections).map { found[$0] })
    }
    var (scores, ranks, matchings) = ([Double](), [Int](), [COCOMatching]())
    for picture in Set(truth.keys).union(detections.keys).sorted() {
      let found = detections[picture] ?? []
      matchings.append(COCOMatching(truth: truth[picture] ?? [], detections: found))
      scores += found.map(\.score)
      ranks += found.indices
    }
    let order = byFallingScore(scores)
    for area in COCOArea.allCases {
      let outcomes = matchings.flatMap { $0.outcomes(in: area) }
      let count = matchings.reduce(0) { $0 + $1.count(in: area) }
      ofArea[area] = COCOCurve(order.map { outcomes[$0] }, count: count)
      guard area == .all else { continue }
      for limit in [1, 10] {
        ofLimit[limit] = COCOCurve(order.filter { ranks[$0] < limit }.map { outcomes[$0] }, count: count)
      }
    }
  }
}

/// Returns the places of `scores`, the highest score first, of equals the first.
func byFallingScore(_ scores: [Double]) -> [Int] {
  scores.indices.sorted { scores[$0] > scores[$1] || scores[$0] == scores[$1] && $0 < $1 }
}

/// Returns the mean; −1 of nothing.
private func mean(_ values: [Double]) -> Double {
  values.isEmpty ? -1 : values.reduce(0, +) / Double(values.count)
}
