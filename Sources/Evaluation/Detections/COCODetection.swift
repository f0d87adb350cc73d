internal import JSON
package import Scene

/// One line of a COCO result file: what a detector found where.
package struct COCODetection: Sendable, Equatable {
  /// The picture's id.
  package var picture: Int
  /// The category's id.
  package var category: Int
  package var box: COCOBox
  package var score: Double

  package init(picture: Int, category: Int, box: COCOBox, score: Double) {
    (self.picture, self.category, self.box, self.score) = (picture, category, box, score)
  }

  /// Decimals of a box's numbers and of a score in a file.
  fileprivate static let decimals = (box: 3, score: 6)

  /// What a network found, rounded as a file has it, so that the file gives the same figures; nil where its numbers
  /// are none.
  package init?(picture: Int, category: Int, rect: PixelRect, score: Float) {
    func rounded(_ value: Double, _ decimals: Int) -> Double? {
      var scale = 1.0
      for _ in 0..<decimals { scale *= 10 }
      return RoundedDecimal.units(of: value, decimals: decimals).map { Double($0) / scale }
    }
    guard let left = rounded(rect.left, Self.decimals.box), let top = rounded(rect.top, Self.decimals.box),
      let width = rounded(max(rect.width, 0), Self.decimals.box),
      let height = rounded(max(rect.height, 0), Self.decimals.box),
      let score = rounded(Double(score), Self.decimals.score)
    else { return nil }
    self.init(
      picture: picture, category: category, box: COCOBox(left: left, top: top, width: width, height: height),
      score: score)
  }
}

/// COCO's result files (cocodataset.org, "Results format", object detection).
package enum COCOResults {
  /// Reads the bytes of a result file, which errors call `file`.
  ///
  /// - Returns: the detections in the order of the file, those of categories that `truth` does not have left out, and
  ///   how many these are.
  /// - Throws: `COCOError` where it is no JSON list of detections, or one is of a picture that `truth` does not have.
  package static func detections(
    parsing bytes: [UInt8], file: String, of truth: COCOTruth
  ) throws(COCOError) -> (detections: [COCODetection], strays: Int) {
    let document: JSONValue
    do { document = try JSONValue(parsing: bytes, leavingOut: ["segmentation", "keypoints"]) } catch {
      throw COCOError(file: file, error)
    }
    let (pictures, categories) = (Set(truth.pictures.map(\.id)), Set(truth.categories.map(\.id)))
    var (detections, strays) = ([COCODetection](), 0)
    for entry in try COCOEntry.list("", of: document, file: file) {
      let detection = COCODetection(
        picture: try entry.integer("image_id"), category: try entry.integer("category_id"), box: try entry.box(),
        score: try entry.number("score"))
      guard pictures.contains(detection.picture) else {
        throw entry.error("the annotations have no picture \(detection.picture)")
      }
      if categories.contains(detection.category) { detections.append(detection) } else { strays += 1 }
    }
    return (detections, strays)
  }

  /// Returns the bytes of a result file, a detection a line.
  package static func bytes(of detections: [COCODetection]) -> [UInt8] {
    let decimals = COCODetection.decimals
    var text: [UInt8] = [UInt8(ascii: "[")]
    var writer = JSONWriter()
    for (index, detection) in detections.enumerated() {
      writer.removeAll()
      writer.object {
        $0.member("image_id", detection.picture)
        $0.member("category_id", detection.category)
        let box = detection.box
        $0.member("bbox", each: [box.left, box.top, box.width, box.height]) { $0.number($1, decimals: decimals.box) }
        $0.member("score", detection.score, decimals: decimals.score)
      }
      text += (index == 0 ? "\n" : ",\n").utf8
      text += writer.bytes
    }
    return text + "\n]\n".utf8
  }
}
