import Evaluation
import Scene
import TestData
import Testing

@Suite struct COCOFileTests {
  private static let small =
    #"{"images":[{"id":5,"file_name":"b.jpg"},{"id":2}],"categories":[{"id":9,"name":"dog"},{"id":1,"name":"cat"}],"#
    + #""annotations":[{"id":1,"image_id":5,"category_id":9,"bbox":[1,2,3.5,4],"area":7,"iscrowd":1,"#
    + #""segmentation":[[1,2,3]]},{"id":2,"image_id":2,"category_id":1,"bbox":[0,0,2,3]},"#
    + #"{"id":0,"image_id":3,"category_id":1,"bbox":[0,0,2,3],"area":6},"#
    + #"{"id":4,"image_id":2,"category_id":2,"bbox":[0,0,2,3],"area":6}]}"#

  private func truth(_ text: String) throws -> COCOTruth { try COCOTruth(parsing: Array(text.utf8), file: "a.json") }

  @Test func whatCountsIsReadAndWhatDoesNotIsTold() throws {
    let truth = try truth(Self.small)
    #expect(truth.pictures.map(\.id) == [2, 5] && truth.pictures.map(\.fileName) == [nil, "b.jpg"])
    #expect(truth.categories.map(\.name) == ["cat", "dog"])
    #expect(truth.objects.map(\.id) == [1, 2] && truth.objects.map(\.area) == [7, 6])
    #expect(truth.objects.map(\.isCrowd) == [true, false])
    #expect(truth.objects[0].box == COCOBox(left: 1, top: 2, width: 3.5, height: 4))
    #expect(
      truth.notes == [
        "1 of 4 annotations left out: picture not listed",
        "1 of 4 annotations left out: category not listed",
        "1 of 4 annotations without area: that of the box stands for it",
        "what matches the annotation of id 0 counts as wrong, as pycocotools has it",
      ])
    let part = truth.limited(to: [2])
    #expect(part.pictures.map(\.id) == [2] && part.objects.map(\.id) == [2])
  }

  @Test(arguments: [
    ("", "a.json: line 1, column 1: expected a value"),
    ("[]", "a.json: not an object with images, annotations and categories"),
    (#"{"images":[],"categories":[]}"#, "a.json: has no list 'annotations'"),
    (#"{"images":[7],"categories":[],"annotations":[]}"#, "a.json: images[0]: is no object"),
    (#"{"images":[{"id":1},{"id":1}],"categories":[],"annotations":[]}"#, "a.json: images[1]: id 1 is there twice"),
    (#"{"images":[{}],"categories":[],"annotations":[]}"#, "a.json: images[0]: has no id"),
    (#"{"images":[{"id":1.5}],"categories":[],"annotations":[]}"#, "a.json: images[0]: id is no whole number"),
    (#"{"images":[],"categories":[{"id":1}],"annotations":[]}"#, "a.json: categories[0]: has no name"),
    (
      #"{"images":[{"id":1,"file_name":"a\nb"}],"categories":[],"annotations":[]}"#,
      "a.json: images[0]: file_name has a control character"
    ),
    (
      #"{"images":[{"id":1,"file_name":5}],"categories":[],"annotations":[]}"#,
      "a.json: images[0]: file_name is no text"
    ),
    (#"{"images":[],"categories":[],"annotations":[{"id":1}]}"#, "a.json: annotations[0]: has no bbox"),
    (
      #"{"images":[],"categories":[],"annotations":[{"bbox":[1,2,3]}]}"#,
      "a.json: annotations[0]: bbox is not left, top, width and height"
    ),
    (
      #"{"images":[],"categories":[],"annotations":[{"bbox":[1,2,3,"4"]}]}"#,
      "a.json: annotations[0]: bbox is not left, top, width and height"
    ),
    (
      #"{"images":[],"categories":[],"annotations":[{"id":1,"image_id":1,"bbox":[1,2,3,4]}]}"#,
      "a.json: annotations[0]: has no category_id"
    ),
    (
      #"{"images":[],"categories":[],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,2,3,4],"iscrowd":2}]}"#,
      "a.json: annotations[0]: iscrowd is neither 0 nor 1"
    ),
  ])
  func damagedAnnotationsAreNamed(text: String, reason: String) {
    let error = #expect(throws: COCOError.self) { try truth(text) }
    #expect(error?.description == reason)
  }

  @Test(arguments: [
    ("{}", "r.json: not a list of detections"), ("[1]", "r.json: [0]: is no object"),
    (#"[{"image_id":2,"category_id":1,"bbox":[0,0,1,1]}]"#, "r.json: [0]: has no score"),
    (#"[{"image_id":2,"category_id":1,"bbox":[0,0,1,1],"score":"1"}]"#, "r.json: [0]: score is no number"),
    (
      #"[{"image_id":7,"category_id":1,"bbox":[0,0,1,1],"score":1}]"#,
      "r.json: [0]: the annotations have no picture 7"
    ),
  ])
  func damagedResultsAreNamed(text: String, reason: String) throws {
    let truth = try truth(Self.small)
    let error = #expect(throws: COCOError.self) {
      try COCOResults.detections(parsing: Array(text.utf8), file: "r.json", of: truth)
    }
    #expect(error?.description == reason)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let truth = try truth(Self.small)
    var random = SeededGenerator(seed: 1)
    let detections = (0..<200).compactMap { _ in
      let (left, top) = (random.unit() * 600 - 20, random.unit() * 400)
      return COCODetection(
        picture: 5, category: 9,
        rect: PixelRect(left: left, top: top, right: left + random.unit() * 300, bottom: top + random.unit()),
        score: Float(random.unit()))
    }
    let read = try COCOResults.detections(
      parsing: COCOResults.bytes(of: detections), file: "r.json", of: truth)
    #expect(detections.count == 200 && read.detections == detections && read.strays == 0)
    #expect(try COCOResults.detections(parsing: COCOResults.bytes(of: []), file: "", of: truth).detections.isEmpty)
  }

  @Test func whatIsNoNumberIsNoDetection() {
    let rect = PixelRect(left: 0, top: .nan, right: 1, bottom: 1)
    #expect(COCODetection(picture: 1, category: 1, rect: rect, score: 1) == nil)
    let turned = PixelRect(left: 5, top: 5, right: 4, bottom: 6)
    #expect(COCODetection(picture: 1, category: 1, rect: turned, score: 1)?.box.width == 0)
  }

  @Test func classesAreMatchedByNumberWhereNamesAgreeElseByName() {
    let categories = [(1, "Person"), (2, "bicycle"), (7, "dog"), (9, "boat")].map {
      COCOTruth.Category(id: $0.0, name: $0.1)
    }
    let labels = Labels([1: "person", 2: "dog", 3: "bicycle", 4: "sofa"])
    let map = CategoryMap(0..<6, labels: labels, categories: categories)
    #expect(map.categories == [1: 1, 2: 7, 3: 2] && !map.isByNumber)
    #expect(map.foreignClasses == ["sofa"] && map.unknownCategories == ["boat"])
    let unnamed = CategoryMap(0..<3, labels: Labels(), categories: categories)
    #expect(unnamed.categories == [1: 1, 2: 2] && unnamed.isByNumber)
  }
}
