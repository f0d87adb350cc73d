package import Model
internal import Scene

/// The importer of torchvision's SSDLite from its weights: a state dict that `torch.save` wrote, in either of its
/// formats, or a safetensors file.
///
/// Such a file says nothing of the network but names and shapes of its tensors: the network is torchvision's, and so are
/// pre-processing, anchors and suppression.
package enum TorchFile: ModelImporter {
  /// The format's name, for people.
  package static let formatName = "PyTorch state dict"

  /// Whether the bytes look like one of these formats.
  package static func recognizes(_ file: ModelFile) -> Bool {
    SafetensorsFile.recognizes(file) || SavedObject.recognizes(file)
  }

  /// Reads the whole model.
  package static func model(from file: ModelFile) throws(ImportError) -> DetectionModel {
    let laid = try TorchSSDLite.laid(try StateDict(file))
    let boxes = DefaultBoxes.ssdlite(maps: laid.maps.count).centered(over: laid.maps)
    var model = DetectionModel(
      name: "", graph: laid.graph, input: .torchvision(width: TorchSSDLite.side, height: TorchSSDLite.side),
      head: .torchvision(boxes: boxes, columns: laid.columns), labels: Labels())
    model.assumptions = [
      "network: \(TorchSSDLite.name)\(laid.hasReducedTail ? "" : ", its backbone with all channels of the classifier"); "
        + "the file has only weights"
    ]
    model.assume(
      [.size] + OpenQuestion.aroundHeads + [.scores],
      because: "as \(TorchSSDLite.name) has it; the file has only weights")
    return model
  }
}
