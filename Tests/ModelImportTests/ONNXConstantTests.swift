import Model
import ModelImport
import Testing

/// Every way in which an ONNX file holds a weight, and the files beside it.
@Suite struct ONNXConstantTests {
  /// Returns the first weights of the tiny network, which stand in the file as `tensor` says.
  private func weights(_ tensor: WrittenONNX.Tensor, files: [String: [UInt8]] = [:]) throws -> [Float] {
    var model = TinyONNX.heads()
    model.constants[0].tensor = tensor
    return try withFiles(files.merging(["tiny.onnx": model.bytes]) { $1 }) { folder in
      let graph = try ModelLoader.model(at: "\(folder)/tiny.onnx").graph
      guard case .convolution(let convolution) = graph.nodes[0].operation else { return [] }
      return convolution.weights.values
    }
  }

  /// Halves and quarters, exact in every type.
  private static let values = (0..<108).map { Float($0 % 13) / 4 - 1.5 }
  private static let extents = [4, 3, 3, 3]
  /// `values` as they are asked for: height, width, inputs, outputs.
  private static let expected = (0..<108).map { index in
    let (tap, input, output) = (index / 12, index / 4 % 3, index % 4)
    return values[(output * 3 + input) * 9 + tap]
  }

  @Test func theFormDoesNotMatter() throws {
    typealias Tensor = WrittenONNX.Tensor
    let halves = Self.values.map { value -> Int in
      // Of numbers that both have: the sign, the exponent less 112, ten digits.
      let bits = Int(value.bitPattern)
      let (sign, exponent, digits) = (bits >> 16 & 0x8000, bits >> 23 & 0xFF, bits >> 13 & 0x3FF)
      return value == 0 ? 0 : sign | (exponent - 112) << 10 | digits
    }
    let brief = Self.values.map { Int($0.bitPattern >> 16) }
    func bytes(_ numbers: [Int]) -> [UInt8] { numbers.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }
    for (name, type, content) in [
      ("raw", 1, .raw(WireWriter.bytes(of: Self.values))), ("packed", 1, .floats(Self.values, isPacked: true)),
      ("one by one", 1, .floats(Self.values, isPacked: false)), ("double", 11, .doubles(Self.values.map(Double.init))),
      ("float16", 10, .raw(bytes(halves))), ("float16 in words", 10, .words(halves)),
      ("bfloat16", 16, .raw(bytes(brief))), ("bfloat16 in words", 16, .words(brief)),
    ] as [(String, Int, Tensor.Content)] {
      #expect(try weights(Tensor(extents: Self.extents, type: type, content: content)) == Self.expected, "\(name)")
    }
  }

  @Test func valuesMayLieInAFileBeside() throws {
    let data = [1, 2, 3, 4, 5] + WireWriter.bytes(of: Self.values) + [6]
    let place = ["location": "data/tiny.bin", "offset": "5", "length": "432"]
    let tensor = WrittenONNX.Tensor(extents: Self.extents, type: 1, content: .external(place))
    #expect(try weights(tensor, files: ["data/tiny.bin": data]) == Self.expected)
    let same = WrittenONNX.Tensor(
      extents: Self.extents, type: 1, content: .external(place.merging(["location": "./data/tiny.bin"]) { $1 }))
    #expect(try weights(same, files: ["data/tiny.bin": data]) == Self.expected)
  }

  @Test(arguments: ["../tiny.bin", "/tmp/tiny.bin", "data/../../tiny.bin", "", "a//b", "..\\tiny.bin"])
  func aPathMayNotLeaveTheFolder(location: String) throws {
    #expect(
      try refusal(["location": location])
        == "constant constant_0: its data lie outside of the model's folder: \(location)")
  }

  @Test func placesOutsideOfTheFileAreRefused() throws {
    func refusal(_ offset: String, _ length: String?) throws -> String {
      var entries = ["location": "tiny.bin", "offset": offset]
      entries["length"] = length
      let text = try self.refusal(entries, files: ["tiny.bin": Array(repeating: 0, count: 440)])
      return text?.replacing("constant constant_0: ", with: "") ?? ""
    }
    #expect(try refusal("8", "432") == "")
    #expect(try refusal("9", "432") == "432 bytes from 9 on lie outside of tiny.bin, which has 440")
    #expect(try refusal("9223372036854775807", nil).contains("lie outside of tiny.bin"))
    #expect(try refusal("0", "431") == "offset 0 and length 431 do not fit its 432 bytes")
    #expect(try refusal("-4", nil) == "offset -4 and length the rest do not fit its 432 bytes")
    #expect(try refusal("x", nil) == "offset x and length the rest do not fit its 432 bytes")
    #expect(
      try self.refusal(["location": "none.bin"])
        == "constant constant_0: its data in none.bin cannot be read: no such file or directory")
  }

  @Test func valuesThatDoNotFillTheShapeAreRefused() throws {
    func refusal(_ extents: [Int], _ content: WrittenONNX.Tensor.Content, type: Int = 1) throws -> String? {
      var model = TinyONNX.heads()
      model.constants[0].tensor = WrittenONNX.Tensor(extents: extents, type: type, content: content)
      return try model.refusal()
    }
    #expect(
      try refusal(Self.extents, .raw([1, 2, 3])) == "constant constant_0: 3 bytes do not fill 4×3×3×3")
    #expect(try refusal([4, 3, 3, -3], .raw([]))?.contains("a tensor has the extents [4, 3, 3, -3]") == true)
    #expect(try refusal([1 << 40, 1 << 40, 1, 1], .raw([])) != nil)
    #expect(try refusal(Self.extents, .floats([1, 2], isPacked: true))?.contains("do not fill 4×3×3×3") == true)
    #expect(
      try refusal(Self.extents, .raw([]), type: 8) == "constant constant_0: its type 8 is not supported")
  }

  /// Any number of constants may lie over the same bytes of a file beside: it is not copied without bound.
  @Test func manyConstantsOverTheSameBytesAreRefused() throws {
    var model = TinyONNX.heads()
    let place = ["location": "ones.bin"]
    let large = WrittenONNX.Tensor(extents: [4, 4, 160, 160], type: 1, content: .external(place))
    var map = model.nodes[0].outputs[0]
    let rest = Array(model.nodes.dropFirst())
    model.nodes = [model.nodes[0]]
    for index in 0..<8 {
      let weights = model.constant(large)
      map = model.add("Conv", [map, weights], ["pads": .integers([80, 80, 79, 79])], named: "large_\(index)")
    }
    model.nodes += rest.map { node in
      var node = node
      node.inputs = node.inputs.map { $0 == "Conv_0" ? map : $0 }
      return node
    }
    let data = Array(repeating: UInt8(0), count: 4 * 4 * 4 * 160 * 160)
    #expect(try model.refusal(beside: ["ones.bin": data])?.hasSuffix("the constants are too large") == true)
  }

  private func refusal(_ entries: [String: String], files: [String: [UInt8]] = [:]) throws -> String? {
    var model = TinyONNX.heads()
    model.constants[0].tensor = WrittenONNX.Tensor(extents: Self.extents, type: 1, content: .external(entries))
    return try model.refusal(beside: files)
  }
}
