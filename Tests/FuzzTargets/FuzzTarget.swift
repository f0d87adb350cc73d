import ModelImport

/// A reader of bytes that nobody vouches for: whatever they are it must return, and its errors must be one line.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// The walk over protobuf's wire format.
  case wire
  /// The import of a graph, and where it succeeds the engine on it.
  case graph
  /// The import of a model out of an archive, and where it succeeds the engine on it.
  case archive
  /// The walk over a flatbuffer's tables, and the reader of flexbuffers.
  case flatbuffer
  /// The import of a TensorFlow Lite model, and where it succeeds the engine on it.
  case lite
  /// The import of an ONNX model, and where it succeeds the engine on it.
  case onnx
  /// The import of a Caffe model, network and weights in one file, and where it succeeds the engine on it.
  case caffe
  /// The import of a Caffe network's text, and the engine on it with random weights.
  case prototxt
  /// What is said beside a model.
  case sidecar
  /// The index of a tensor bundle, and the tensors that it names.
  case bundle
  /// A pickle of Python.
  case pickle
  /// The directory of a zip archive, and where its members lie.
  case zip
  /// A safetensors file, and the values of its tensors.
  case safetensors
  /// A state dict in either format of PyTorch, and the values of its tensors; then its import as a model.
  case checkpoint
  /// The label maps beside a model.
  case labels
  /// COCO's annotation and result files, and the scores of what they hold.
  case coco
  /// The MOTChallenge's text, and the scores of what it holds.
  case mot
  /// Pictures out of footage.
  case footage

  /// Those whose seeds are committed; footage is made anew.
  public static let withCorpus = allCases.filter { $0 != .footage }

  /// Reads `bytes`; a trap is the failure.
  @discardableResult public func read(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    switch self {
    case .wire: WireWalk.walk(bytes)
    case .graph, .archive, .lite, .onnx, .caffe, .prototxt: GraphReading.outcome(of: bytes)
    case .flatbuffer: TableWalk.walk(bytes)
    case .bundle: BundleReading.outcome(of: bytes)
    case .pickle: TorchReading.pickle(bytes)
    case .zip: TorchReading.directory(bytes)
    case .safetensors: TorchReading.tensors(bytes)
    case .checkpoint: TorchReading.state(bytes)
    case .labels: Self.labels(bytes)
    case .sidecar: Self.sidecar(bytes)
    case .coco: ScoreReading.detections(bytes)
    case .mot: ScoreReading.tracks(bytes)
    case .footage: FootageReading.outcome(of: bytes)
    }
  }

  private static func labels(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    let text = String(decoding: bytes, as: UTF8.self)
    _ = LabelFile.lines(text)
    do {
      _ = try LabelFile.map(text, file: "labels")
      return .whole
    } catch { return .refused(because: error) }
  }
}

extension FuzzTarget {
  private static func sidecar(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    do {
      _ = try Sidecar.settings(in: Array(bytes), file: "sidecar")
      return .whole
    } catch { return .refused(because: error) }
  }
}

/// What became of bytes that were read.
public enum Outcome: String, CaseIterable, Sendable {
  /// They are not what they should be.
  case refused
  /// A model that the engine does not run.
  case unsupported
  /// A model that would run, but not quickly; it was not.
  case slow
  /// All was read, and a model ran.
  case whole

  /// `.refused`; traps where `error` is not one line.
  static func refused(because error: any Error) -> Outcome {
    let text = "\(error)"
    precondition(!text.isEmpty && !text.contains { $0.isNewline }, "An error is not one line: \(text)")
    return .refused
  }
}
