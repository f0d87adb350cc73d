package import Model
internal import Posix

/// The tensors of a network by their names: what PyTorch calls its state dict.
package struct StateDict: Sendable {
  /// Where it is.
  package let path: String
  /// By their names, without the prefix that training on several processors puts before each of them.
  package let tensors: [String: StoredTensor]
  /// The names of what is among them and is no tensor.
  package let others: [String]

  /// Where checkpoints of a training have the state dict among other things.
  private static let keys = ["model", "state_dict"]
  /// What `torch.nn.DataParallel` puts before every name.
  private static let prefix = "module."

  /// Reads the state dict that `file` holds, by itself or as `model` or `state_dict` of a checkpoint.
  ///
  /// - Throws: `ImportError` with the byte iff the file is damaged, would call code, or holds no state dict.
  package init(_ file: ModelFile) throws(ImportError) {
    do throws(ByteError) {
      if SafetensorsFile.recognizes(file) {
        self.init(file.path, try SafetensorsFile(file).tensors, others: [])
      } else {
        let (tensors, others) = try Self.tensors(of: SavedObject(file))
        self.init(file.path, tensors, others: others)
      }
    } catch {
      throw ImportError(file: file.path, error)
    }
    guard !tensors.isEmpty else {
      throw ImportError(file: path, reason: "the file holds no state dict: no named tensors")
    }
  }

  /// The state dict of `tensors`, at `path`.
  init(_ path: String, _ tensors: [String: StoredTensor], others: [String]) {
    (self.path, self.others) = (path, others)
    let isPrefixed = !tensors.isEmpty && tensors.keys.allSatisfy { $0.hasPrefix(Self.prefix) }
    self.tensors =
      isPrefixed
      ? Dictionary(uniqueKeysWithValues: tensors.map { (String($0.dropFirst(Self.prefix.count)), $1) }) : tensors
  }

  /// Returns the named tensors of `object`, and the names of what else is among them.
  private static func tensors(
    of object: SavedObject
  ) throws(ByteError) -> (tensors: [String: StoredTensor], others: [String]) {
    guard var items = object.pickle.dictionary(object.pickle.top) else { return ([:], []) }
    for key in keys {
      let inner = items.lazy.filter { object.text($0.key) == key }.compactMap { object.pickle.dictionary($0.value) }
        .first
      guard let inner else { continue }
      items = inner
      break
    }
    var (tensors, others) = ([String: StoredTensor](), [String]())
    for (key, value) in items {
      guard case .text(let range) = key, let name = object.text(key) else { continue }
      guard case .tensor(let index) = value else {
        others.append(name)
        continue
      }
      guard tensors.updateValue(try object.tensor(index), forKey: name) == nil else {
        throw ByteError(offset: range.lowerBound, reason: "the tensor \(name.printable(most: 80)) is there twice")
      }
    }
    return (tensors, others)
  }
}
