import Model
import ModelImport
import Mutation
import TestData
import Testing

/// Damaged TensorFlow Lite models: an error or a model, never a trap and never without end.
struct TFLiteDamageTests {
  /// Whether the bytes are read as a whole model.
  private func isWhole(_ bytes: [UInt8]) throws -> Bool {
    do {
      _ = try WrittenLite.model(bytes)
      return true
    } catch let error as ImportError {
      #expect(!error.description.contains("\n") && !error.reason.isEmpty)
      return false
    }
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = TinyLite.model().bytes
    // A folder is made for each: every length of the tables, and of the constants each ninth.
    for count in stride(from: 0, to: bytes.count, by: 9 * TestData.portion) {
      #expect(try !isWhole(Array(bytes[..<count])), "\(count)")
    }
    #expect(try isWhole(bytes))
  }

  @Test(arguments: [0, 1, 0x7F, 0x80, 0xFF] as [UInt8]) func changedNumbersNeverTrap(value: UInt8) throws {
    let bytes = TinyLite.model().bytes
    var numbers = Numbers(seed: UInt64(value))
    for _ in 0..<120 / TestData.portion {
      var changed = bytes
      for _ in 0..<3 { changed[Int.random(in: 8..<bytes.count, using: &numbers)] = value }
      _ = try isWhole(changed)
    }
  }

  /// Files over 2 GB have the bytes of their buffers behind the flatbuffer.
  @Test func buffersBehindTheModelAreFoundOrRefused() throws {
    var lite = TinyLite.model()
    guard case .bytes(let content) = lite.buffers[1][0] else {
      Issue.record("The first constant has no bytes.")
      return
    }
    func moved(to offset: Int, _ size: Int) -> [UInt8] {
      lite.buffers[1] = WrittenTable([1: .long(offset), 2: .long(size)])
      return lite.bytes
    }
    let place = moved(to: 1 << 20, content.count).count
    let file = moved(to: place, content.count) + content
    #expect(try isWhole(file))
    #expect(try !isWhole(Array(file.dropLast())))
    #expect(try !isWhole(moved(to: place, -1) + content))
    #expect(try !isWhole(moved(to: -1, content.count) + content))
  }

  /// Tables may share what they refer to: a small file must not become a large model.
  @Test func manyTensorsOverTheSameBytesAreRefusedInTime() throws {
    var lite = TinyLite.model()
    let shared = lite.floats("shared", [1, 1 << 16], Array(repeating: 1, count: 1 << 16))
    let buffer = try #require(lite.tensors[shared][2])
    let parts = (0..<40).map { index in
      let part = lite.tensor("part \(index)", [1, 1 << 16])
      lite.tensors[part][2] = buffer
      return part
    }
    let joined = lite.tensor("joined", [40, 1 << 16])
    lite.add(2, parts, [joined], WrittenTable([0: .word(0)]))
    lite.operators.insert(lite.operators.removeLast(), at: 0)
    // As the shape of the first predictor's boxes.
    guard case .words(let inputs) = lite.operators[4][1] else {
      Issue.record("The operator has no operands.")
      return
    }
    lite.operators[4][1] = .words([inputs[0], joined])
    #expect(try lite.refusal() == "tensor \(parts[20]) part?20: the constants are too large")
  }

  /// What was computed costs nothing to read: joined with itself many times it must be refused before it is made.
  @Test(arguments: [2, 69]) func computedConstantsDoNotGrowWithoutBound(code: Int) throws {
    var lite = TinyLite.model()
    let row = lite.floats("row", [1, 1 << 14], Array(repeating: 1, count: 1 << 14))
    let copies = lite.integers("copies", [16, 1])
    let tiled = lite.tensor("tiled", [16, 1 << 14])
    let large = lite.tensor("large", [4096, 1 << 14])
    lite.add(69, [row, copies], [tiled])
    if code == 2 {
      lite.add(2, Array(repeating: tiled, count: 256), [large], WrittenTable([0: .word(0)]))
    } else {
      lite.add(69, [tiled, lite.integers("more", [4, 4])], [large])
    }
    lite.operators = Array(lite.operators.suffix(2) + lite.operators.dropLast(2))
    // As the shape of the first predictor's boxes.
    guard case .words(let inputs) = lite.operators[5][1] else {
      Issue.record("The operator has no operands.")
      return
    }
    lite.operators[5][1] = .words([inputs[0], large])
    let name = code == 2 ? "CONCATENATION" : "TILE"
    #expect(try lite.refusal() == "operator 1 \(name): the constants are too large")
  }

  /// Weights that convolutions share are there once, but factors are made for each of them.
  @Test func factorsOfSharedWeightsDoNotGrowWithoutBound() throws {
    var lite = TinyLite.model(isQuantized: true)
    let count = 1 << 16
    let weights = lite.tensor(
      "shared", [count, 1, 1, 3], .uint8, content: Array(repeating: 128, count: 3 * count), scales: [1], zeros: [128])
    let parts = (0..<20).map { index in
      let part = lite.tensor("part \(index)", [1, 8, 8, count], .uint8, scales: [1], zeros: [128])
      lite.add(3, [lite.inputs[0], weights, -1], [part], WrittenTable([0: .byte(0), 1: .word(1), 2: .word(1)]))
      return part
    }
    try lite.readFirst(joined: parts, channels: 20 * count)
    #expect(try lite.refusal() == "operator 16 CONV_2D: the constants are too large")
  }

  /// Each unsigned part of another scale is moved by a table of its own.
  @Test func tablesOfJoinedPartsDoNotGrowWithoutBound() throws {
    var lite = TinyLite.model(isQuantized: true)
    let parts = (0..<80).map { index in
      let part = lite.tensor("part \(index)", [1, 8, 8, 192], .uint8, scales: [1], zeros: [128])
      lite.add(2, Array(repeating: lite.inputs[0], count: 64), [part], WrittenTable([0: .word(3)]))
      return part
    }
    try lite.readFirst(joined: parts, channels: 80 * 192)
    #expect(try lite.refusal()?.hasSuffix("CONCATENATION: the constants are too large") == true)
  }

  @Test func zerosAroundWhatIsNoMapAreRefused() throws {
    var lite = TinyLite.model()
    let first = lite.inputs[0]
    let picture = lite.tensor("pixels", [1, 8, 8, 3])
    let (flat, joined) = (lite.tensor("flat", [64, 3]), lite.tensor("joined", [64, 3]))
    lite.inputs = [picture]
    lite.add(22, [picture, lite.integers("rows", [64, 3])], [flat])
    lite.add(2, [flat], [joined], WrittenTable([0: .word(0)]))
    lite.add(34, [joined, lite.integers("zeros", [0, 0, 1, 1, 1, 1, 0, 0], extents: [4, 2])], [first])
    lite.operators = Array(lite.operators.suffix(3) + lite.operators.dropLast(3))
    #expect(
      try lite.refusal() == "operator 2 PAD: it is supported only around the rows and columns of a map")
  }
}

extension WrittenLite {
  /// Lets the first operator of the tiny detector read `parts` joined, whose operators are the last ones: they become the
  /// first.
  fileprivate mutating func readFirst(joined parts: [Int], channels: Int) throws {
    let joined = tensor("joined", [1, 8, 8, channels], .uint8, scales: [1], zeros: [128])
    add(2, parts, [joined], WrittenTable([0: .word(3)]))
    guard case .words(let inputs) = operators[0][1] else { throw TFLiteFileTests.Missing() }
    operators[0][1] = .words([joined] + inputs.dropFirst())
    operators = Array(operators.suffix(parts.count + 1) + operators.dropLast(parts.count + 1))
  }
}
