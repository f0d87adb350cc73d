public import Pixels
package import Scene

/// Draws what a report tells onto its picture: boxes in a stable colour per track, and labels.
public struct Annotator: ~Copyable, Sendable {
  private var lettering: Lettering?

  /// An annotator that writes labels with `lettering`; boxes alone without it.
  public init(lettering: consuming Lettering?) { self.lettering = lettering }

  /// Draws the objects of `report` on `canvas`, its picture; what lies outside the picture is left out.
  package mutating func draw(_ report: FrameReport, on canvas: inout Canvas) {
    let style = Style(height: canvas.height)
    for object in report.objects {
      guard let area = shownArea(of: object, on: canvas) else { continue }
      canvas.outline(area, thickness: style.thickness, color(of: object))
    }
    guard lettering != nil else { return }
    lettering?.use(size: style.typeSize)
    // Labels last: no box crosses them.
    for object in report.objects {
      guard let area = shownArea(of: object, on: canvas) else { continue }
      label(object, over: area, style, on: &canvas)
    }
  }

  /// Writes the label of `object` above `area`, inside it where there is no room, always within the picture.
  private mutating func label(_ object: SeenObject, over area: PixelArea, _ style: Style, on canvas: inout Canvas) {
    let text = Self.text(for: object)
    guard let width = lettering?.width(of: text), let ascent = lettering?.ascent, let descent = lettering?.descent
    else { return }
    let size = (width: width + 2 * style.margin, height: ascent + descent)
    let left = max(min(area.columns.lowerBound, canvas.width - size.width), 0)
    let above = area.rows.lowerBound - size.height
    let top = above >= 0 ? above : max(min(area.rows.lowerBound, canvas.height - size.height), 0)
    let plate = PixelArea(columns: left..<left + size.width, rows: top..<top + size.height)
    canvas.fill(plate, color(of: object), opacity: 220)
    lettering?.write(text, on: &canvas, x: left + style.margin, baseline: top + ascent, inside: plate, .black)
  }

  /// Returns the text of a label: name, track number where there is one, score in percent.
  package static func text(for object: SeenObject) -> String {
    let score = object.score.isFinite ? Int((min(max(object.score, 0), 1) * 100).rounded()) : 0
    let name = String(object.label.prefix(40))
    return object.id.map { "\(name) \($0) \(score)%" } ?? "\(name) \(score)%"
  }

  private func color(of object: SeenObject) -> Paint { .distinct(object.id ?? object.classID) }

  /// Returns the pixels of `object` that lie in the picture; nil where none does.
  private func shownArea(of object: SeenObject, on canvas: borrowing Canvas) -> PixelArea? {
    guard let area = PixelArea(object.rect)?.clamped(to: canvas.area), !area.isEmpty else { return nil }
    return area
  }
}

/// Sizes that grow with the picture, all in pixels.
private struct Style {
  let thickness: Int
  let typeSize: Int
  /// Left and right of a label's text.
  let margin: Int

  init(height: Int) {
    thickness = max(2, height / 240)
    typeSize = max(11, height / 40)
    margin = max(2, typeSize / 5)
  }
}
