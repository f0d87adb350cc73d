import Model
import ModelImport
import Posix
import Scene
import Testing

/// torchvision's SSDLite from a state dict, whose values are all alike: its structure, and what is said of tensors that do
/// not fit it.
@Suite struct TorchSSDLiteTests {
  @Test(arguments: [(91, true, 3_440_060, 583_171_904), (3, false, 0, 0)])
  func theNetworkIsTorchvisions(columns: Int, hasReducedTail: Bool, parameters: Int, multiplyAdds: Int) throws {
    let shapes = try TorchSSDLite.tensors(columns: columns, hasReducedTail: hasReducedTail)
    let model = try self.model(WrittenCheckpoint.repeating(0.5, shapes))
    #expect(model.graph.outputs.map { model.graph.shape(of: $0).extents } == [[1, 3234, 4], [1, 3234, columns]])
    #expect(model.head.anchors.count == 3234 && model.head.columns == columns)
    #expect(model.head.classNumbers == 1..<columns)
    #expect(model.format == "PyTorch state dict" && model.notes.isEmpty)
    let tail = hasReducedTail ? "" : ", its backbone with all channels of the classifier"
    #expect(
      model.assumptions.first
        == "network: torchvision's ssdlite320_mobilenet_v3_large\(tail); the file has only weights")
    #expect(model.assumptions.contains { $0.hasPrefix("resize half_pixel_centers: ") })
    #expect((model.labels.names[1] == "person") == (columns == 91))
    let statistics = GraphStatistics(model.graph).total
    if parameters > 0 { #expect(statistics.multiplyAdds == multiplyAdds) }
    // Means and variances of 70 batch norms are no parameters.
    let numbers = shapes.filter { !$0.name.contains(".running_") }.map { $0.extents.reduce(1, *) }.reduce(0, +)
    if parameters > 0 { #expect(numbers == parameters) }
    #expect(DetectorParts(model.graph)?.parts.contains(.extra) == true)
  }

  @Test func tensorsThatDoNotFitAreNamed() throws {
    let shapes = try TorchSSDLite.tensors(columns: 3)
    let network = "weights.pth: the state dict is not that of \("torchvision's ssdlite320_mobilenet_v3_large"): it "
    let whole = WrittenCheckpoint.repeating(0.5, shapes)
    var written = whole
    written.tensors.removeAll { $0.name == "backbone.extra.2.1.1.running_var" }
    #expect(refusal(written) == network + "lacks backbone.extra.2.1.1.running_var")
    written.tensors.removeAll { $0.name.hasPrefix("backbone.extra.3.") }
    #expect(refusal(written)?.contains("lacks backbone.extra.2.1.1.running_var, ") == true)
    #expect(refusal(written)?.hasSuffix(" and 13 more") == true)
    written = whole
    written.tensors.append(.init(name: "head.more", extents: [1]))
    #expect(refusal(written) == network + "has beside its tensors head.more")
    written = whole
    let place = try #require(written.tensors.firstIndex { $0.name == "backbone.features.0.4.block.2.fc1.bias" })
    written.tensors[place] = .init(name: written.tensors[place].name, extents: [1])
    #expect(refusal(written) == network + "does not fit backbone.features.0.4.block.2.fc1.bias (1, not 24)")
    written = whole
    let head = try #require(
      written.tensors.firstIndex { $0.name == "head.classification_head.module_list.0.1.weight" })
    written.tensors[head] = .init(name: written.tensors[head].name, extents: [17, 672, 1, 1], strides: [0, 0, 0, 0])
    #expect(refusal(written)?.contains("17 channels are not 6 boxes") == true)
  }

  @Test func countersOfBatchNormsMayBeThereOrNot() throws {
    let shapes = try TorchSSDLite.tensors(columns: 3)
    let counters = shapes.filter { $0.name.hasSuffix(".running_var") }
      .map { (name: $0.name.replacing("running_var", with: "num_batches_tracked"), extents: [Int]()) }
    _ = try model(WrittenCheckpoint.repeating(0.5, shapes + counters))
  }

  @Test func aFolderWithOneStateDictIsItsModel() throws {
    let shapes = try TorchSSDLite.tensors(columns: 3)
    let bytes = WrittenCheckpoint.repeating(0.5, shapes).archive
    let model = try withFiles(["detector.pth": bytes]) { try ModelLoader.model(at: $0) }
    #expect(model.head.columns == 3)
  }

  private func model(_ written: WrittenCheckpoint) throws -> DetectionModel {
    try withFiles(["weights.pth": written.archive]) { try ModelLoader.model(at: "\($0)/weights.pth") }
  }

  /// Returns with what the import is refused; nil where it is not.
  private func refusal(_ written: WrittenCheckpoint) -> String? {
    do {
      _ = try TorchFile.model(from: ModelFile(written.archive))
      return nil
    } catch { return "\(error)" }
  }
}
