import Foundation
import Inference
import Model
import ModelImport
import Posix
import TestData
import Testing

/// Small ONNX models that hold a weight, or say a form, in every way there is, and broken ones.
@Suite(.enabled(if: TestData.hasShared)) struct ONNXQuirkTests {
  private static let folder = "synth/torch/onnx_quirks"

  /// What a file gives, by the manifest.
  private struct Manifest: Decodable {
    struct Entry: Decodable {
      struct File: Decodable { let file: String }
      let files: [File]
      let expected: String
    }
    let files: [Entry]
  }

  private static func entries() throws -> [Manifest.Entry] {
    let text = try Data(contentsOf: TestData.shared("\(folder)/manifest.json"))
    return try JSONDecoder().decode(Manifest.self, from: text).files
  }

  @Test func everyFormGivesWhatItShould() throws {
    let input = try golden("golden_conv").floats("x")
    var count = 0
    for entry in try Self.entries() where !["refused", "either"].contains(entry.expected) {
      let name = entry.files[0].file
      let found = try outputs(name, input)
      let file = entry.expected.split(separator: " ").first { $0.hasSuffix(".npz") }.map { String($0.dropLast(4)) }
      let expected = try golden(file ?? "golden_conv").floats("y")
      // What changes the order itself gives the file's own.
      let isOurs = ["resize_reshape_zero.onnx", "dynamic_shape_chain.onnx"].contains(name)
      let moved = isOurs ? expected : channelsLast(expected)
      let tolerance: Float = entry.expected.contains("0.01") ? 0.01 : 1e-5
      let worst = zip(found, moved).map { abs($0 - $1) }.max() ?? .infinity
      #expect(found.count == moved.count && worst <= tolerance, "\(name): \(worst)")
      count += 1
    }
    #expect(count >= 20)
  }

  @Test func brokenFilesAreRefusedInOneLine() throws {
    var count = 0
    for entry in try Self.entries() where entry.expected == "refused" {
      let path = TestData.shared("\(Self.folder)/\(entry.files[0].file)").path
      let error = #expect(throws: ImportError.self, "\(path)") { try Self.graph(path) }
      #expect(error?.description.contains("\n") == false)
      count += 1
    }
    #expect(count >= 14)
  }

  /// Reads a file as `ModelLoader` does, but for its heads, which these have not.
  private static func graph(_ path: String) throws(ImportError) -> Graph {
    let file: ModelFile
    do { file = try ModelFile(path: path) } catch { throw ImportError(file: path, reason: "\(error)") }
    guard ONNXFile.recognizes(file) else { throw ImportError(file: path, reason: "this is no ONNX") }
    return try ONNXTranslation.graph(ONNXModel(file), height: 8, width: 10)
  }

  private func outputs(_ name: String, _ input: [Float]) throws -> [Float] {
    let engine = try Engine(try Self.graph(TestData.shared("\(Self.folder)/\(name)").path).optimized())
    let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    for y in 0..<8 {
      for x in 0..<10 {
        for channel in 0..<3 { tensor.address(row: y)[3 * x + channel] = input[80 * channel + 10 * y + x] }
      }
    }
    var session = Session(engine, threads: 1)
    session.run(tensor)
    return session.withOutput(0) { Array(copying: $0) }
  }

  /// Returns [1, 4, 4, 5] with its channels innermost.
  private func channelsLast(_ values: [Float]) -> [Float] {
    values.indices.map { values[$0 % 4 * (values.count / 4) + $0 / 4] }
  }

  private func golden(_ name: String) throws -> GoldenArrays {
    try GoldenArrays(npz: TestData.shared("\(Self.folder)/\(name).npz"), named: "onnx_quirks_\(name)")
  }
}
