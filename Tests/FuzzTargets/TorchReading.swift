import Model
import ModelImport

/// Takes bytes for what PyTorch and safetensors write, and reads all that they hold.
enum TorchReading {
  /// Values up to which a tensor is read.
  private static let mostValues = 1 << 16

  static func pickle(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    do throws(ByteError) {
      let pickle = try PickleReader.read(bytes)
      precondition(pickle.end <= bytes.count, "A pickle ends outside.")
      for place in pickle.containers.indices {
        _ = (pickle.dictionary(.container(place)), pickle.sequence(.container(place)))
      }
      return .whole
    } catch { return .refused(because: error) }
  }

  static func directory(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    var outcome = Outcome.whole
    do throws(ByteError) {
      let directory = try ZipDirectory(bytes)
      for name in directory.names {
        do throws(ByteError) {
          let range = try directory.content(of: name)
          precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "A member lies outside.")
        } catch { outcome = .refused(because: error) }
      }
    } catch { return .refused(because: error) }
    return outcome
  }

  static func tensors(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    let memory = MemoryFile(bytes)
    do {
      read(try SafetensorsFile(ModelFile(opening: memory.path)).tensors)
      return .whole
    } catch { return .refused(because: error) }
  }

  static func state(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    let memory = MemoryFile(bytes)
    // No small file is the whole network: this ends at the tensors that are missing.
    do { _ = try ModelLoader.model(at: memory.path) } catch { _ = Outcome.refused(because: error) }
    do {
      read(try StateDict(ModelFile(opening: memory.path)).tensors)
      return .whole
    } catch { return .refused(because: error) }
  }

  private static func read(_ tensors: [String: StoredTensor]) {
    for tensor in tensors.values where tensor.shape.count ?? .max <= mostValues {
      let axes = Array(tensor.extents.indices)
      precondition(tensor.floats().count == tensor.floats(axes: axes.reversed()).count, "Values are lost.")
    }
  }
}
