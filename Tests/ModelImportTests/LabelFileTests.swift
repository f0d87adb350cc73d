import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// Files that name classes.
struct LabelFileTests {
  @Test func linesCountFromOne() {
    let (labels, count) = LabelFile.lines("person\r\n bicycle \n\ncar\n\n")
    #expect(labels == Labels([1: "person", 2: "bicycle", 4: "car"]))
    #expect(count == 4)
  }

  @Test func linesBehindABackgroundCountFromZero() {
    let (labels, count) = LabelFile.lines("???\nperson\n???\ncar")
    #expect(labels == Labels([1: "person", 3: "car"]))
    #expect(count == 3)
  }

  @Test func labelMapsGiveIdAndDisplayName() throws {
    let text = """
      # people and things
      item { id: 1 name: "/m/01g317" display_name: "person" }
      item: {
        name: 'traffic "light"'
        id: 10
        keypoints { id: 3 label: "eye" }
      }
      """
    #expect(try LabelFile.map(text, file: "map") == Labels([1: "person", 10: "traffic \"light\""]))
  }

  @Test(arguments: [
    ("item { id: 1", "map: line 1: the text ends within a message"),
    ("item {\n name: \"a\n }", "map: line 2: a string does not end"),
    ("item { name: \"a\" }", "map: an item has no id or no name"),
    ("item {\n id }", "map: line 2: a field's value is missing"),
    ("item { id: 1 name: 'a' } item { id: 1 name: 'b' }", "map: there are two items of id 1"),
    ("}", "map: line 1: a field's name is missing"),
    (String(repeating: "a {", count: 100), "map: line 1: messages are nested too deep"),
  ])
  func damagedMapsAreRefused(text: String, line: String) {
    do throws(ImportError) {
      let labels = try LabelFile.map(text, file: "map")
      Issue.record("It was read as \(labels).")
    } catch {
      #expect(error.description == line)
    }
  }

  @Test(.enabled(if: TestData.hasShared)) func theCOCOMapHasItsNames() throws {
    let map = try String(contentsOf: TestData.shared("labels/mscoco_label_map.pbtxt"), encoding: .utf8)
    let labels = try LabelFile.map(map, file: "map")
    #expect(labels.names.count == 80)
    #expect(labels.name(of: 1) == "person")
    #expect(labels.name(of: 90) == "toothbrush")
    let lines = LabelFile.lines(try String(contentsOf: TestData.shared("labels/coco_labels.txt"), encoding: .utf8))
    #expect(lines.labels == labels && lines.count == 90)
  }

  /// A head of `columns` columns, the first of which is the background.
  private static func head(_ columns: Int, background: Int? = 0) -> DetectionHead {
    DetectionHead(
      anchors: [], coder: BoxCoder(order: .yxhw, centerYFactor: 1, centerXFactor: 1, heightFactor: 1, widthFactor: 1),
      columns: columns, backgroundColumn: background, classOffset: 0, scores: .sigmoid,
      suppression: Suppression(
        clipping: .never, dropsEmptyBoxes: false, scoreThreshold: 0, iouThreshold: 0.5, candidatesPerClass: nil,
        keptPerClass: nil, total: 100))
  }

  @Test func classesAreCountedWithoutTheBackground() {
    #expect(Self.head(91).classNumbers == 1..<91)
    #expect(Self.head(91, background: 90).classNumbers == 0..<90)
    #expect(Self.head(90, background: nil).classNumbers == 0..<90)
    #expect(Self.head(1).classNumbers.isEmpty)
  }

  @Test(.enabled(if: TestData.hasShared), arguments: [("mscoco", 91, "COCO"), ("pascal", 21, "Pascal VOC")])
  func theNumberOfClassesTellsTheDataSet(file: String, columns: Int, name: String) throws {
    let known = try #require(KnownLabels.labels(for: Self.head(columns)))
    #expect(known.name == name)
    let path = TestData.shared("labels/\(file)_label_map.pbtxt").path
    #expect(try LabelFile.labels(at: path, for: Self.head(columns)) == known.labels)
  }

  @Test func otherNumbersOfClassesNameNothing() {
    #expect(KnownLabels.labels(for: Self.head(81)) == nil)
    // 90 classes that are not numbered from 1 are not COCO's.
    #expect(KnownLabels.labels(for: Self.head(90, background: nil)) == nil)
    #expect(KnownLabels.labels(for: Self.head(91))?.labels.names.count == 80)
  }

  /// Editors of Windows begin a text with a mark, or write it in UTF-16.
  @Test(arguments: [
    "a\nb\nc\n", "???\na\nb\nc", "item { id: 1 name: 'a' } item { id: 2 name: 'b' } item { id: 3 name: 'c' }",
  ])
  func aMarkIsNoPartOfAName(text: String) throws {
    try withFile([0xEF, 0xBB, 0xBF] + text.utf8, named: "names") { path in
      let labels = try LabelFile.labels(at: path, for: Self.head(4))
      #expect(labels == Labels([1: "a", 2: "b", 3: "c"]))
    }
    for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian] {
      try withFile(Array(try #require(text.data(using: encoding))), named: "names") { path in
        #expect(throws: ImportError(file: path, reason: "the text is UTF-16; save it as UTF-8")) {
          try LabelFile.labels(at: path, for: Self.head(4))
        }
      }
    }
  }

  /// Latin-1, as of an old editor, and what is no text at all.
  @Test(arguments: [
    (before: "\u{FEFF}a\nK\u{FC}r\nb", after: "\n", line: 3),
    (before: "item { id: 1 name: 'T", after: "r' }", line: 1),
    (before: "RIFF", after: "\u{7}\u{0}AVI LIST", line: 1),
  ])
  func whatIsNotUTF8IsRefusedWithItsLine(before: String, after: String, line: Int) throws {
    try withFile(Array(before.utf8) + [0xFC] + Array(after.utf8), named: "names") { path in
      let error = ImportError(file: path, place: ["line \(line)"], reason: "the text is not UTF-8; save it as UTF-8")
      #expect(throws: error) { try LabelFile.labels(at: path, for: Self.head(4)) }
    }
  }

  /// A map of a smaller data set fits by its numbers, and gives wrong names.
  @Test func aMapThatEndsEarlyIsTold() {
    let pascal = Labels(Dictionary(uniqueKeysWithValues: (1...20).map { ($0, "\($0)") }))
    let told = "only 20 of the model's 90 classes are named, up to number 20 of 90"
    #expect(LabelFile.shortfall(of: pascal, for: Self.head(91)) == told)
    #expect(LabelFile.shortfall(of: pascal, for: Self.head(21)) == nil)
    #expect(LabelFile.shortfall(of: Labels([1: "a", 90: "z"]), for: Self.head(91)) == nil)
    #expect(LabelFile.shortfall(of: Labels([:]), for: Self.head(91)) == nil)
  }

  /// The file's text, and the line with which a model of three classes refuses it; nil where it takes it.
  static let fits: [(text: String, line: String?)] = [
    ("a\nb\nc\n", nil), ("???\na\nb\nc", nil), ("# things\n item {\n id: 3 name: 'c' }", nil),
    ("item\n{ id: 0 name: 'background' } item { id: 2 name: 'b' }", nil),
    ("a\nb\n", "2 classes are listed, but the model has 3 classes, from number 1"),
    ("a\nb\nc\nd\n", "4 classes are listed, but the model has 3 classes, from number 1"),
    ("", "0 classes are listed, but the model has 3 classes, from number 1"),
    (
      "item { id: 1 name: 'a' } item: { id: 4 name: 'd' }",
      "2 classes up to number 4 are named, but the model has 3 classes, from number 1"
    ),
    ("item { id: 1 ", "line 1: the text ends within a message"),
  ]

  @Test(arguments: fits.indices) func labelsMustFitTheModel(index: Int) throws {
    let (text, line) = Self.fits[index]
    try withFile(Array(text.utf8), named: "names") { path in
      do throws(ImportError) {
        let labels = try LabelFile.labels(at: path, for: Self.head(4))
        #expect(line == nil && !labels.names.isEmpty)
      } catch {
        #expect((error.place + [error.reason]).joined(separator: ": ") == line)
        #expect(error.file == path)
      }
    }
  }
}
