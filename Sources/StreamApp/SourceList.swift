internal import Arguments
internal import Capture
internal import Posix
internal import Scene

/// One of a run's sources, and what lines and files call it.
package struct NamedSource: Sendable {
  /// One path component at most, and no other source's.
  package let name: String
  let place: Settings.Place
}

/// The sources of a run, in the order in which the help text names them: cameras, then inputs.
package struct SourceList: Sendable {
  package let sources: [NamedSource]
  /// Whether each line says its source: where there are several, or where names were given.
  package let areTold: Bool

  /// - Throws: `UsageError` where there is none, where options do not fit them, or where the names given do not.
  init(_ values: Values) throws(UsageError) {
    let cameras = values[Options.camera]
    var inputs: [String] = []
    for input in values[Options.input] { inputs.append(try InputFile.resolved(input)) }
    guard !cameras.isEmpty || !inputs.isEmpty else {
      throw .rule("nothing to look at: give --input PATH or --camera DEVICE (stream --help)")
    }
    try Self.refuseOptions(thatFitNone: cameras, inputs, values)
    guard inputs.count(where: { $0 == "-" }) < 2 else { throw .rule("--input -: there is one standard input") }
    try Self.refuseTwice(cameras)
    let size = values[Options.size]
    let settings = CameraSettings(
      width: size?.width, height: size?.height, rate: values[Options.rate], format: values[Options.format],
      controls: values[Options.controls].map { ($0.name, $0.value) })
    var places = cameras.map { Settings.Place.camera($0, settings) }
    let stream = LiveStreamSettings(
      patience: .seconds(values[Options.patience]), transport: values[Options.transport],
      keepsCorrupt: values[Options.keepCorrupt])
    for input in inputs { places.append(try Self.place(input, rate: values[Options.inputRate], stream)) }
    let names = try Self.names(given: values[Options.names], for: places)
    sources = zip(names, places).map { NamedSource(name: $0, place: $1) }
    areTold = places.count > 1 || values.has(Options.names.name)
  }

  /// How long one of them may keep silent before it hangs: a stream of the network opens within its time, and is
  /// given up when no picture came for three times as long.
  package var patience: Duration {
    sources.reduce(Watchdog.sourcePatience) { patience, source in
      guard case .network(_, let settings) = source.place else { return patience }
      return max(patience, settings.patience * 5)
    }
  }

  /// - Throws: `UsageError` where two of `cameras` are one device: it has one reader, and would be in its own way.
  private static func refuseTwice(_ cameras: [String]) throws(UsageError) {
    for (index, one) in cameras.enumerated() {
      let identity = FileIdentity(path: one)
      let isSame = { (other: String) in other == one || identity != nil && FileIdentity(path: other) == identity }
      guard let other = cameras[..<index].first(where: isSame) else { continue }
      throw .rule("--camera: \(one) is given twice\(other == one ? "" : ", also as \(other)")")
    }
  }

  /// - Throws: `UsageError` for an option that is about another kind of source than there is.
  private static func refuseOptions(
    thatFitNone cameras: [String], _ inputs: [String], _ values: Values
  ) throws(UsageError) {
    if cameras.isEmpty {
      try values.refuse(
        [Options.size, Options.rate, Options.format, Options.controls], "asks a camera; it does not go with --input")
    }
    if inputs.isEmpty { try values.refuse([Options.inputRate], "goes with --input, not with --camera") }
    if !inputs.contains(where: NetworkPlace.isRTSP) {
      try values.refuse([Options.transport], "goes with --input rtsp://…")
    }
    guard !inputs.contains(where: { NetworkPlace.isLive($0) || NetworkPlace.mayBeLive($0) }) else { return }
    try values.refuse(
      [Options.patience, Options.keepCorrupt], "goes with --input rtsp://… and other streams of the network")
    if cameras.isEmpty {
      try values.refuse([Options.reconnect], "goes with --camera, --input rtsp://… and other streams of the network")
    }
  }

  /// Returns what `--input PATH` stands for, as far as its name tells.
  private static func place(
    _ path: String, rate: Double?, _ stream: LiveStreamSettings
  ) throws(UsageError) -> Settings.Place {
    let pattern: TestPattern?
    do { pattern = try TestPattern(parsing: path) } catch { throw .rule("--input: \(error)") }
    guard let pattern else {
      if rate == nil, NetworkPlace.isLive(path) || NetworkPlace.mayBeLive(path) { return .network(path, stream) }
      return .footage(path, rate: rate)
    }
    guard rate == nil else { throw .rule("--input-rate: a test pattern's own name says its rate") }
    return .testPattern(pattern)
  }

  /// Returns the names `given`, or such as the places themselves suggest.
  private static func names(given: [String]?, for places: [Settings.Place]) throws(UsageError) -> [String] {
    guard let given else { return distinct(places.map(\.usualName)) }
    guard given.count == places.count else {
      throw .rule("--names: \(given.count) given for \(places.count.counted("source"))")
    }
    let isBad = { (name: String) in
      name.allSatisfy(\.isWhitespace) || name.hasPrefix(".") || name.contains { $0 == "/" || $0.movesCursor }
    }
    if let bad = given.first(where: isBad) {
      throw .rule("--names: '\(bad)' cannot be part of a file's name")
    }
    if let twice = given.first(where: { name in given.count(where: { $0 == name }) > 1 }) {
      throw .rule("--names: '\(twice)' is given twice")
    }
    return given
  }

  /// Returns `names` with `-2`, `-3`, … behind those that came before.
  package static func distinct(_ names: [String]) -> [String] {
    var taken = Set<String>()
    return names.map { name in
      var (candidate, number) = (name, 1)
      while !taken.insert(candidate).inserted {
        number += 1
        candidate = "\(name)-\(number)"
      }
      return candidate
    }
  }
}

extension Settings.Place {
  /// What the source is called where the user gave no name: a camera's node, a file's name without its extension, a
  /// URL's host and path; never a password or a query, which may hold one.
  var usualName: String {
    switch self {
    case .camera(let path, _): Self.plain(PathParts(path).name)
    case .testPattern: "testpattern"
    case .footage("-", _): "stdin"
    case .footage(let path, _), .network(let path, _): Self.plain(Self.footageName(path))
    }
  }

  private static func footageName(_ path: String) -> String {
    // A password may hold what ends a host in a URL that is well-formed.
    let path = SecretFree.name(of: path)
    guard let scheme = path.firstRange(of: "://") else {
      return PathParts(path).stem
    }
    let place = path[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
    let host = place.prefix { $0 != "/" }
    let user = host.lastIndex(of: "@").map { host[host.index(after: $0)...] } ?? host
    return String(user) + place[host.endIndex...]
  }

  /// Returns `text` with `-` for what file names had better not hold.
  private static func plain(_ text: String) -> String {
    let safe = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber) || "-_.".contains($0)) }
    let name = safe.joined(separator: "-").drop { $0 == "." }
    return name.isEmpty ? "source" : String(name.prefix(100))
  }
}
