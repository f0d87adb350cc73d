internal import JSON

/// What a COCO annotation file says is to be seen in which picture (`instances_val2017.json`; cocodataset.org, "Data
/// format").
package struct COCOTruth: Sendable {
  /// One picture.
  package struct Picture: Sendable, Equatable {
    package let id: Int
    /// Its name in the folder of pictures; nil where the file has none.
    package let fileName: String?
    /// How large it is meant to be; nil where the file does not say it.
    package let size: Size?
  }

  /// The size of a picture in pixels.
  package struct Size: Sendable, Equatable, CustomStringConvertible {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

    /// `640×480`
    package var description: String { "\(width)×\(height)" }

    /// Whether boxes for a picture of this size are for one of `other` too: of a picture that is stored turned, programs
    /// do not agree on which side is the width.
    package func fits(_ other: Size) -> Bool { self == other || (width, height) == (other.height, other.width) }
  }

  /// One class of objects.
  package struct Category: Sendable, Equatable {
    package let id: Int
    package let name: String

    package init(id: Int, name: String) { (self.id, self.name) = (id, name) }
  }

  /// One true box.
  package struct Object: Sendable {
    package let id: Int
    /// The picture's id.
    package let picture: Int
    /// The category's id.
    package let category: Int
    package let box: COCOBox
    /// The object's own area in pixels, that of its outline: less than the box's.
    package let area: Double
    /// Whether it stands for many that nobody counted: what is found there is neither right nor wrong.
    package let isCrowd: Bool
  }

  /// By rising id.
  package private(set) var pictures: [Picture]
  /// By rising id.
  package let categories: [Category]
  /// Those of known pictures and categories, in the order of the file.
  package private(set) var objects: [Object]
  /// What the file holds and is not used, or is used in a way worth knowing; a line each.
  package let notes: [String]

  /// Outlines and texts are large, and boxes do not need them.
  private static let unused: Set<String> = ["segmentation", "info", "licenses", "license", "keypoints", "caption"]

  /// Reads the bytes of an annotation file, which errors call `file`.
  ///
  /// - Throws: `COCOError` where it is no JSON, a list or what an entry must have is missing or of the wrong kind, or an
  ///   id is there twice.
  package init(parsing bytes: [UInt8], file: String) throws(COCOError) {
    let document: JSONValue
    do { document = try JSONValue(parsing: bytes, leavingOut: Self.unused) } catch {
      throw COCOError(file: file, error)
    }
    guard document.object != nil else {
      throw COCOError(file: file, place: "", reason: "not an object with images, annotations and categories")
    }
    var pictures: [Int: Picture] = [:]
    for entry in try COCOEntry.list("images", of: document, file: file) {
      let fileName = entry.value["file_name"] == nil ? nil : try entry.text("file_name")
      let picture = Picture(id: try entry.integer("id"), fileName: fileName, size: Self.size(entry.value))
      guard pictures.updateValue(picture, forKey: picture.id) == nil else {
        throw entry.error("id \(picture.id) is there twice")
      }
    }
    var categories: [Int: Category] = [:]
    for entry in try COCOEntry.list("categories", of: document, file: file) {
      let category = Category(id: try entry.integer("id"), name: try entry.text("name"))
      guard categories.updateValue(category, forKey: category.id) == nil else {
        throw entry.error("id \(category.id) is there twice")
      }
    }
    var (ids, objects) = (Set<Int>(), [Object]())
    var (strayPictures, strayCategories, missingAreas) = (0, 0, 0)
    for entry in try COCOEntry.list("annotations", of: document, file: file) {
      let box = try entry.box()
      if entry.value["area"] == nil { missingAreas += 1 }
      let object = Object(
        id: try entry.integer("id"), picture: try entry.integer("image_id"),
        category: try entry.integer("category_id"), box: box,
        area: entry.value["area"] == nil ? box.area : try entry.number("area"), isCrowd: try entry.flag("iscrowd"))
      guard ids.insert(object.id).inserted else { throw entry.error("id \(object.id) is there twice") }
      if pictures[object.picture] == nil {
        strayPictures += 1
      } else if categories[object.category] == nil {
        strayCategories += 1
      } else {
        objects.append(object)
      }
    }
    self.pictures = pictures.values.sorted { $0.id < $1.id }
    self.categories = categories.values.sorted { $0.id < $1.id }
    self.objects = objects
    var notes: [String] = []
    func note(_ count: Int, _ text: String) {
      if count > 0 { notes.append("\(count) of \(ids.count) annotations \(text)") }
    }
    note(strayPictures, "left out: picture not listed")
    note(strayCategories, "left out: category not listed")
    note(missingAreas, "without area: that of the box stands for it")
    if ids.contains(0) { notes.append("what matches the annotation of id 0 counts as wrong, as pycocotools has it") }
    self.notes = notes
  }

  /// Returns the size that `picture` says it has; nil where it says none, or zeros as programs do that do not know it.
  private static func size(_ picture: JSONValue) -> Size? {
    guard let width = picture["width"]?.integer, let height = picture["height"]?.integer, width > 0, height > 0 else {
      return nil
    }
    return Size(width: width, height: height)
  }

  /// Returns the truth about the pictures of `ids` only.
  package func limited(to ids: Set<Int>) -> COCOTruth {
    var part = self
    part.pictures.removeAll { !ids.contains($0.id) }
    part.objects.removeAll { !ids.contains($0.picture) }
    return part
  }
}
