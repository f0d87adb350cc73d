internal import JSON
internal import Scene

extension JSONWriter {
  /// Writes `report` as one line of the event log (docs/event-log.schema.json), the line's end included.
  ///
  /// `run` is when the run began, where lines tell it; `now` the monotonic clock at the time of writing, from which a
  /// live frame's age is told. Objects whose score or box is no number, and boxes that have no area after clipping and
  /// rounding, are left out.
  mutating func event(_ report: FrameReport, of run: UTCText? = nil, now: Duration) {
    object { line in
      line.member("frame", report.frame)
      if let run {
        line.key("run")
        line.string(utf8: run.bytes.span)
      }
      if let source = report.source { line.member("source", source) }
      line.member("time", report.time.sinceFirst.inSeconds, decimals: 6)
      if let captured = report.time.captured {
        line.key("captured")
        let text = UTCText(sinceEpoch: captured.sinceEpoch)
        line.string(utf8: text.bytes.span)
        line.member("age", max(0, (now - captured.monotonic).inSeconds), decimals: 3)
      }
      if report.dropped > 0 { line.member("dropped", report.dropped) }
      if report.lost > 0 { line.member("lost", report.lost) }
      if let image = report.image { line.member("image", image) }
      if !report.isDetected { line.member("detected", false) }
      line.picture(width: report.width, height: report.height, report.objects)
    }
    endLine()
  }

  /// Writes what was seen in a still picture as one line, the line's end included: `image`, then the members that an
  /// event line ends with, by the same rules.
  mutating func stillPicture(named name: String, width: Int, height: Int, _ objects: [SeenObject]) {
    object { line in
      line.member("image", name)
      line.picture(width: width, height: height, objects)
    }
    endLine()
  }

  /// Writes the size of a picture and what was seen in it.
  private mutating func picture(width: Int, height: Int, _ objects: [SeenObject]) {
    member("width", width)
    member("height", height)
    key("objects")
    array { list in
      for object in objects {
        guard object.score.isFinite, let box = EventBox(object.rect, width: width, height: height) else { continue }
        list.seen(object, in: box)
      }
    }
  }

  /// Writes one element of `objects`.
  private mutating func seen(_ seen: SeenObject, in box: EventBox) {
    object { object in
      if let id = seen.id { object.member("id", id) }
      object.member("label", seen.label)
      object.member("class", seen.classID)
      object.member("score", Double(seen.score), decimals: 4)
      object.key("box")
      object.array { edges in
        edges.number(units: box.left, decimals: EventBox.decimals)
        edges.number(units: box.top, decimals: EventBox.decimals)
        edges.number(units: box.width, decimals: EventBox.decimals)
        edges.number(units: box.height, decimals: EventBox.decimals)
      }
      if seen.isPredicted { object.member("predicted", true) }
    }
  }
}

/// A box as the event log tells it: in whole hundredths of a pixel, inside the picture.
struct EventBox: Equatable {
  static let decimals = 2

  let left: Int
  let top: Int
  let width: Int
  let height: Int

  /// `rect` clipped to a picture of `width` × `height` pixels and rounded by its corners, so that no edge passes the
  /// picture's; nil where nothing is left of it.
  init?(_ rect: PixelRect, width: Int, height: Int) {
    let inside = rect.clipped(toWidth: width, height: height)
    guard let left = RoundedDecimal.units(of: inside.left, decimals: Self.decimals),
      let top = RoundedDecimal.units(of: inside.top, decimals: Self.decimals),
      let right = RoundedDecimal.units(of: inside.right, decimals: Self.decimals),
      let bottom = RoundedDecimal.units(of: inside.bottom, decimals: Self.decimals),
      left < right, top < bottom
    else { return nil }
    (self.left, self.top, self.width, self.height) = (left, top, right - left, bottom - top)
  }
}

extension Duration {
  /// The duration in seconds, to a double's precision.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
