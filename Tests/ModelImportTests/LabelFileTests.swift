import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// Files that name classes.
struct LabelFileTests {
  @Test func linesCountFromOne() {
    #expect(LabelFile.lines("person\r\n bicycle \n\ncar\n") == Labels([1: "person", 2: "bicycle", 4: "car"]))
  }

  @Test func linesBehindABackgroundCountFromZero() {
    #expect(LabelFile.lines("???\nperson\n???\ncar") == Labels([1: "person", 3: "car"]))
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
    #expect(lines.names.filter { $0.key <= 90 } == labels.names)
  }
}
