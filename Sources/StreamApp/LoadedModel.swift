internal import Arguments
internal import Detecting
internal import Inference
internal import Kernels
internal import Model
internal import ModelImport
internal import Posix
internal import Scene

/// A model made ready to run: imported, planned for this processor's kernels.
///
/// The graph is not kept: its weights are packed in the engine, and without it the model's file is unmapped.
struct LoadedModel: Sendable {
  let name: String
  /// Where it was read.
  let path: String
  let input: InputContract
  let head: DetectionHead
  let labels: Labels
  /// Whether the weights are the model's own, not random ones.
  let hasWeights: Bool
  /// Of one run of the network.
  let multiplyAdds: Int
  /// The part of the detector that each node belongs to, by its name; empty where they cannot be told apart.
  let parts: [String: DetectorParts.Part]
  /// What scores higher is reported, where the command line does not say otherwise: as was said beside the model's file,
  /// else `usualThreshold`. The file's own threshold is one for measuring, and lets nearly all through.
  let threshold: Float
  /// What its importer guessed of how a pixel becomes a number, and nobody has said otherwise; nil where nothing was.
  let guessed: String?
  /// What is told of what lies beside its file, a line each.
  private let warnings: [String]
  /// What there is to say of labels that name too few classes, or too many; nil where there is nothing.
  private let labelDoubt: String?
  /// The files that it was read from.
  let files: Set<FileIdentity>
  let engine: Engine
  let kernels: KernelSet
  /// Of the products, where they are of floats.
  let precision: Precision
  /// How long it took to read the model from its file.
  let importTime: Duration
  /// How long it took to plan the network and pack its weights.
  let packingTime: Duration

  /// What scores higher is reported where nobody says otherwise.
  static let usualThreshold: Float = 0.5

  /// Finds, imports and plans the model that `wanted`, `$STREAM_MODEL` or the default names.
  ///
  /// - Parameters:
  ///   - labels: the path of a file that names its classes; nil is what the model says itself.
  ///   - settings: what else the command line says of it.
  ///   - takesRandomWeights: whether a configuration without weights will do.
  ///   - precision: of the products of a network of floats; one of whole numbers has none but its own.
  /// - Throws: `UsageError` for an unknown instruction set, else the error of the step that failed.
  init(
    _ wanted: String?, labels: String? = nil, settings: ModelSettings = ModelSettings(),
    takesRandomWeights: Bool = false, precision: Precision, _ environment: Environment
  ) throws {
    do { kernels = try KernelSet.chosen(named: environment.instructionSet) } catch {
      throw UsageError.rule("STREAM_ISA: \(error)")
    }
    let path = try ModelLibrary(environment).path(of: wanted ?? environment.model ?? ModelLibrary.defaultName)
    let start = monotonicNow()
    let model = try ModelLoader.model(at: path, labels: labels, settings: settings)
    guard model.hasWeights || takesRandomWeights else {
      throw ImportError(
        file: path,
        reason: "a configuration has no weights to detect with; `stream inspect` shows its network, and "
          + "`stream bench --random-weights` measures it")
    }
    guard precision == .float32 || model.graph.arithmetic == .float32 else {
      throw ImportError(
        file: path,
        reason: "--precision \(precision.rawValue) is for networks of floats; this one's numbers are whole, of 8 bits")
    }
    let imported = monotonicNow()
    do { engine = try Engine(model.graph, kernels: kernels, precision: precision) } catch {
      throw ImportError(file: path, place: [error.node], reason: error.reason)
    }
    self.path = path
    (self.precision, files, guessed, hasWeights) = (precision, model.files, model.guessed, model.hasWeights)
    (name, input, head, self.labels) = (model.name, model.input, model.head, model.labels)
    warnings = model.warnings.map { "\(path): \($0)" }
    threshold = model.saidThreshold ?? Self.usualThreshold
    labelDoubt = model.labelWarning(path: path)
    multiplyAdds = GraphStatistics(model.graph).total.multiplyAdds
    let found = zip(model.graph.nodes, DetectorParts(model.graph)?.parts ?? [])
    parts = Dictionary(found.compactMap { node, part in part.map { (node.name, $0) } }) { first, _ in first }
    (importTime, packingTime) = (imported - start, monotonicNow() - imported)
  }

  /// Finds, imports and plans the model that the command line tells of.
  ///
  /// - Throws: `UsageError` for an unknown instruction set, else the error of the step that failed.
  init(_ values: Values, _ environment: Environment) throws {
    try self.init(
      values[Options.model], labels: values[Options.labels], settings: ModelSettings(values),
      precision: values[Options.precision], environment)
  }

  /// Finds, imports and plans the model of a run.
  ///
  /// - Throws: `UsageError` for an unknown instruction set, else the error of the step that failed.
  init(_ settings: Settings, _ environment: Environment) throws {
    try self.init(
      settings.model, labels: settings.labels, settings: settings.modelSettings, precision: settings.precision,
      environment)
  }

  /// Tells what beside its file is not used and what is guessed, which may be why nothing is found, where the labels may
  /// be another model's, and where `wanted` detections of a picture are more than it ever gives.
  func tellGuesses(maxDetections wanted: Int?, _ say: (String) -> Void) {
    warnings.forEach(say)
    if let guessed { say("\(name): assumed: \(guessed); `stream inspect` tells why") }
    if let labelDoubt { say(labelDoubt) }
    if let wanted, let most = head.mostDetections, wanted > most {
      say("\(name): keeps \(most.counted("detection")) of a picture at most, whatever --max-detections says")
    }
  }

  /// The instruction set of the products.
  var isa: String {
    switch precision {
    case .float32: kernels.name
    case .bfloat16: kernels.halves.name
    }
  }

  /// What made a log, for whoever finds it later: the model's name, its file with the hash that `sha256sum` prints, that
  /// of its weights where they lie in another, numbers and instruction set.
  func identity() -> String {
    let known = [WeightsFile(of: path, files), WeightsFile(beside: path, files)].compactMap { $0 }
    let place = known.isEmpty ? path : known.map { "\($0.path), sha256 \($0.hash)" }.joined(separator: "; ")
    return "model \(name) (\(place)), \(precision.rawValue) on \(isa)"
  }

  /// Its name, and in which numbers it computes how much, for people.
  var summary: String {
    "\(name), \(isa), \(precision.rawValue), \(decimal(Double(multiplyAdds) / 1e6, 1)) million multiply-adds"
  }

  /// Returns a detector that runs this model on so many threads.
  ///
  /// - Throws: `DetectorError` where the network's outputs do not fit its head.
  func detector(_ settings: DetectorSettings, threads: Int) throws(DetectorError) -> Detector {
    try Detector(head, of: name, engine: engine, settings: settings, threads: threads)
  }
}

extension DetectionModel {
  /// The line that tells of labels that name too few classes, or too many, of a model that was read at `path`; nil where
  /// there is nothing to tell.
  func labelWarning(path: String) -> String? {
    guard let labelDoubt else { return nil }
    if case .file(let labels) = labelOrigin { return "\(labels): \(labelDoubt)" }
    return "\(path): \(labelDoubt)"
  }
}
