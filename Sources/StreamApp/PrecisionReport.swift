internal import Evaluation
internal import JSON
internal import Scene

/// What `stream evaluate` has to tell of detections.
struct PrecisionReport {
  private let pictures: Int
  private let objects: Int
  private let detections: Int
  private let coco: COCOScores
  private let voc: VOCScores
  /// The model that found them, and how long it took; nil for a result file.
  private let run: (model: String, elapsed: Duration)?

  /// Scores `detections`; `model` found them in `elapsed`, where one did.
  init(_ detections: [COCODetection], truth: COCOTruth, model: String? = nil, elapsed: Duration = .zero) {
    pictures = truth.pictures.count
    objects = truth.objects.count { !$0.isCrowd }
    self.detections = detections.count
    coco = COCOScores(detections, truth: truth)
    voc = VOCScores(detections, truth: truth)
    run = model.map { ($0, elapsed) }
  }

  /// Tables for people.
  var text: String {
    var lines = "\(pictures.counted("picture")), \(objects.counted("object")), \(detections.counted("detection"))"
    if let run {
      lines += " of \(run.model) in \(decimal(run.elapsed / .seconds(1), 1)) s, \(decimal(rate(run.elapsed), 1)) fps"
    }
    let figures =
      coco.figures.map { [$0.title, share($0.value)] } + [
        ["VOC 2007, 11 points", share(voc.elevenPoints)], ["VOC 2010, area", share(voc.area)],
      ]
    let head = ["class", "id", "objects", "AP", "AP 0.50", "AP 0.75", "AR 100", "VOC 2007", "VOC 2010"]
    let rows = zip(coco.classes, voc.classes).filter { $0.0.objects > 0 }.map { coco, voc in
      [coco.category.name, "\(coco.category.id)", "\(coco.objects)"]
        + [coco.ap, coco.ap50, coco.ap75, coco.recall, voc.elevenPoints, voc.area].map(share)
    }
    return [lines, Table.text([head] + rows), Table.text(figures)].joined(separator: "\n\n")
  }

  /// One JSON object.
  var json: String {
    JSONWriter.text {
      $0.member("images", pictures)
      $0.member("objects", objects)
      $0.member("detections", detections)
      for figure in coco.figures { $0.share(figure.name, figure.value) }
      $0.share("voc2007", voc.elevenPoints)
      $0.share("voc2010", voc.area)
      if let run {
        $0.member("model", run.model)
        $0.member("seconds", run.elapsed / .seconds(1), decimals: 3)
        $0.member("fps", rate(run.elapsed), decimals: 3)
      }
      $0.member("classes", each: zip(coco.classes, voc.classes)) { json, scores in
        let (coco, voc) = scores
        json.object {
          $0.member("id", coco.category.id)
          $0.member("name", coco.category.name)
          $0.member("objects", coco.objects)
          $0.share("ap", coco.ap)
          $0.share("ap50", coco.ap50)
          $0.share("ap75", coco.ap75)
          $0.share("ar_100", coco.recall)
          $0.share("voc2007", voc.elevenPoints)
          $0.share("voc2010", voc.area)
        }
      }
    }
  }

  private func share(_ value: Double) -> String { value < 0 ? "-" : decimal(value, 3) }

  /// Pictures a second.
  private func rate(_ elapsed: Duration) -> Double {
    elapsed > .zero ? Double(pictures) / (elapsed / .seconds(1)) : 0
  }
}

extension JSONWriter {
  /// Writes a share, 0…1 or −1.
  mutating func share(_ name: String, _ value: Double) { member(name, value, decimals: 6) }
}
