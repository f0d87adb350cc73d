public import Pixels
package import Scene

/// Draws what a report tells onto its picture: boxes in a stable colour per track, dashed where predicted, and
/// labels.
public struct Annotator: ~Copyable, Sendable {
  private var lettering: Lettering?
  /// Where the label of each track stood in the picture before.
  private var places: [Int: LabelLayout.Place] = [:]

  /// An annotator that writes labels with `lettering`; boxes alone without it.
  public init(lettering: consuming Lettering?) { self.lettering = lettering }

  /// Draws the objects of `report` on `canvas`, its picture; what lies outside the picture is left out.
  package mutating func draw(_ report: FrameReport, on canvas: inout Canvas) {
    let style = DrawingStyle(width: canvas.width, height: canvas.height)
    let shown = report.objects.compactMap { Shown($0, in: canvas.area) }
    for object in shown {
      let thickness = style.thickness(around: object.area)
      canvas.outline(
        object.area, thickness: thickness, dash: object.object.isPredicted ? style.dash(ofThickness: thickness) : nil,
        object.paint)
    }
    guard var type = lettering.take() else { return }
    // Labels last: no box crosses them.
    for (object, label) in zip(shown, labels(of: shown, style, in: canvas.area, &type)) {
      canvas.fill(label.plate, object.paint)
      type.write(
        label.text, on: &canvas, x: label.plate.columns.lowerBound + style.margin, baseline: label.baseline,
        inside: label.plate, object.paint.ink)
    }
    lettering = consume type
  }

  /// An object that is seen in the picture.
  private struct Shown {
    let object: SeenObject
    /// Its pixels, all in the picture.
    let area: PixelArea
    let paint: Paint

    /// Nil where nothing of it lies in `picture`.
    init?(_ object: SeenObject, in picture: PixelArea) {
      guard let area = PixelArea(object.rect)?.clamped(to: picture), !area.isEmpty else { return nil }
      (self.object, self.area, paint) = (object, area, .distinct(object.id ?? object.classID))
    }
  }

  /// A label, ready to be drawn.
  private struct Label {
    let text: String
    let plate: PixelArea
    let baseline: Int
  }

  /// Returns the labels of `shown`, in its order; none where the picture has no room for any.
  private mutating func labels(
    of shown: [Shown], _ style: DrawingStyle, in picture: PixelArea, _ type: inout Lettering
  ) -> [Label] {
    type.use(size: style.typeSize)
    let (ascent, height) = (type.ascent, type.ascent + type.descent)
    guard height <= picture.rows.count, style.widestText >= 2 * style.typeSize else { return [] }

    var texts: [(full: String, brief: String)] = []
    var requests: [LabelLayout.Request] = []
    for object in shown {
      let text = LabelText(object.object)
      let full = text.full(in: &type, toFit: style.widestText)
      let brief = type.shortened(text.brief, toFit: style.widestText)
      texts.append((full, brief))
      requests.append(
        LabelLayout.Request(
          box: object.area, fullWidth: type.width(of: full) + 2 * style.margin,
          briefWidth: type.width(of: brief) + 2 * style.margin, previous: object.object.id.flatMap { places[$0] }))
    }
    let placed = LabelLayout(picture: picture, height: height).places(for: requests)
    places = [:]
    for (object, label) in zip(shown, placed) { if let id = object.object.id { places[id] = label.place } }
    return zip(placed, texts).map { label, text in
      Label(
        text: label.place.isBrief ? text.brief : text.full, plate: label.plate,
        baseline: label.plate.rows.lowerBound + ascent)
    }
  }
}
