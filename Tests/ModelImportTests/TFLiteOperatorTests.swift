import Foundation
import Model
import ModelImport
import TestData
import Testing

/// Operators that exporters put between convolutions: what they become, of real and of whole numbers, and what is refused.
struct TFLiteOperatorTests {
  /// Returns what the tiny detector's graph begins with where the operator `code` makes its picture; nil where that is no
  /// node.
  private func leading(
    _ code: Int, over extents: [Int] = [1, 8, 8, 3], isQuantized: Bool = false, _ lead: (inout WrittenLite) -> Lead
  ) throws -> [Operator] {
    var lite = TinyLite.model(isQuantized: isQuantized)
    lite.lead(code, over: extents, isQuantized: isQuantized, lead)
    return try lite.model().graph.nodes.map(\.operation).filter {
      if case .integer(.fromReal) = $0 { false } else { true }
    }
  }

  /// Returns the first of `nodes` that computes or moves something.
  private func work(_ nodes: [Operator]) throws -> Operator {
    try #require(nodes.first { if case .reshape = $0 { false } else { true } })
  }

  /// Returns with which line the same is refused.
  private func refusal(
    _ code: Int, over extents: [Int] = [1, 8, 8, 3], isQuantized: Bool = false, _ lead: (inout WrittenLite) -> Lead
  ) throws -> String? {
    var lite = TinyLite.model(isQuantized: isQuantized)
    lite.lead(code, over: extents, isQuantized: isQuantized, lead)
    return try lite.refusal()
  }

  // MARK: Parts and orders

  /// Parts of a map of 10×10 pixels and 6 channels: each by its operator, its operands and what they take.
  private static var parts: [(code: Int, operands: [[Int]], masks: WrittenTable?, crop: Crop)] {
    [
      (65, [[0, 1, 2, 3], [1, 8, 8, -1]], nil, Crop(top: 1, left: 2, channel: 3, size: square, channels: 3)),
      (45, [[0, 2, -9, 0], [1, 10, -1, 3], [1, 1, 1, 1]], nil, Crop(top: 2, left: 1, size: square, channels: 3)),
      (
        45, [[0, 5, 0, 3], [0, 8, 8, 0], [1, 1, 1, 1]], WrittenTable([0: .word(2), 1: .word(9)]),
        Crop(channel: 3, size: square, channels: 3)
      ),
      (45, [[0, 2, 2], [1, 99, 99], [1, 1, 1]], nil, Crop(top: 2, left: 2, size: square, channels: 6)),
    ]
  }
  private static let square = Extent(height: 8, width: 8)

  @Test(arguments: parts.indices) func aPartOfAMapIsACrop(index: Int) throws {
    let (code, operands, masks, crop) = Self.parts[index]
    // The last one leaves all channels.
    let channels = crop.channels == 6 ? 3 : 6
    let nodes = try leading(code, over: [1, 10, 10, channels]) { lite in
      Lead(behind: operands.map { lite.integers("numbers", $0) }, masks)
    }
    guard case .map(.crop(let found)) = try work(nodes) else { throw TFLiteFileTests.Missing() }
    var expected = crop
    expected.channels = 3
    #expect(found == expected)
  }

  @Test func ofWholeNumbersAnyOrderIsTaken() throws {
    let turned = try leading(39, isQuantized: true) { Lead(behind: [$0.integers("order", [0, 2, 1, 3])]) }
    guard case .integer(.rearrange(let order, let shape)) = turned[0] else { throw TFLiteFileTests.Missing() }
    #expect(order.steps == [192, 3, 24, 1] && shape.extents == [1, 8, 8, 3])
    let reversed = try leading(45, over: [1, 16, 8, 3], isQuantized: true) { lite in
      Lead(behind: [[0, 15, 0, 0], [1, -17, 8, 3], [1, -2, 1, 1]].map { lite.integers("numbers", $0) })
    }
    guard case .integer(.rearrange(let steps, _)) = reversed[0] else { throw TFLiteFileTests.Missing() }
    #expect(steps.first == 15 * 24 && steps.steps[1] == -48 && steps.counts == [1, 8, 8, 3])
    let tiled = try leading(69, over: [1, 8, 4, 3], isQuantized: true) {
      Lead(behind: [$0.integers("times", [1, 1, 2, 1])])
    }
    guard case .integer(.rearrange(let tiles, _)) = try work(tiled) else { throw TFLiteFileTests.Missing() }
    #expect(tiles.count == 192)
    let packed = try leading(83, over: [8, 8, 3], isQuantized: true) { _ in Lead() }
    guard case .reshape(let extents) = packed[1] else { throw TFLiteFileTests.Missing() }
    #expect(extents.extents == [1, 8, 8, 3])
  }

  @Test func anOrderThatMovesNoValueIsNoWork() throws {
    for isQuantized in [false, true] {
      let nodes = try leading(39, over: [8, 1, 8, 3], isQuantized: isQuantized) {
        Lead(behind: [$0.integers("order", [1, 0, 2, 3])])
      }
      guard case .reshape = nodes[0] else { throw TFLiteFileTests.Missing() }
    }
    #expect(
      try refusal(39) { Lead(behind: [$0.integers("order", [0, 2, 1, 3])]) }
        == "operator 0 TRANSPOSE: of real numbers it is supported only where it takes a part of a map")
  }

  @Test(arguments: [49, 102]) func eachPartOfASplitIsOne(code: Int) throws {
    for isQuantized in [false, true] {
      let nodes = try leading(code, over: [1, 8, 8, 6], isQuantized: isQuantized) { lite in
        let other = lite.map("other", [1, 8, 8, 3], isQuantized: isQuantized)
        let axis = lite.integers("axis", [3], extents: [])
        return code == 49
          ? Lead(before: [axis], results: [other])
          : Lead(behind: [lite.integers("sizes", [3, -1]), axis], results: [other])
      }
      switch try work(nodes) {
      case .map(.crop(let crop)): #expect(crop == Crop(channel: 3, size: Self.square, channels: 3))
      case .integer(.rearrange(let taken, _)): #expect(taken.first == 3 && taken.steps == [384, 48, 6, 1])
      default: throw TFLiteFileTests.Missing()
      }
    }
  }

  @Test func partsThatAreNotThereAreRefused() throws {
    func sliced(_ begins: [Int], _ sizes: [Int]) throws -> String? {
      try refusal(65) { lite in Lead(behind: [lite.integers("begins", begins), lite.integers("sizes", sizes)]) }
    }
    #expect(try sliced([0, 1, 0, 0], [1, 8, 8, 3]) == "operator 0 SLICE: it takes what is not there of 1×8×8×3")
    #expect(try sliced([0, 9, 0, 0], [1, -1, 8, 3]) == "operator 0 SLICE: it takes what is not there of 1×8×8×3")
    #expect(try sliced([0, 0, 0], [1, 8, 8])?.contains("are not as many as the axes of 1×8×8×3") == true)
    func strided(_ steps: [Int], _ masks: [Int: WrittenTable.Field] = [:]) throws -> String? {
      try refusal(45) { lite in
        Lead(behind: [[0, 0, 0, 0], [1, 8, 8, 3], steps].map { lite.integers("numbers", $0) }, WrittenTable(masks))
      }
    }
    #expect(try strided([1, 0, 1, 1]) == "operator 0 STRIDED_SLICE: a step of 0 is not supported")
    #expect(try strided([1, 1, 1])?.contains("its numbers do not fit 1×8×8×3") == true)
    #expect(try strided([1, 1, 1, 1], [2: .word(1)])?.contains("its masks are not supported") == true)
    #expect(try strided([1, -1, 1, 1])?.hasPrefix("operator 0 STRIDED_SLICE: ") == true)
    #expect(
      try refusal(49) { Lead(before: [$0.integers("axis", [9], extents: [])]) }
        == "operator 0 SPLIT: axis 9 does not exist in rank 4")
    #expect(
      try refusal(102) { Lead(behind: [$0.integers("sizes", [2]), $0.integers("axis", [3], extents: [])]) }
        == "operator 0 SPLIT_V: [2] does not part 1×8×8×3 along axis 3")
    #expect(
      try refusal(39) { Lead(behind: [$0.integers("order", [0, 1, 1, 3])]) }
        == "operator 0 TRANSPOSE: [0, 1, 1, 3] is no order of 4 axes")
    #expect(
      try refusal(69) { Lead(behind: [$0.integers("times", [1, -1, 1, 1])]) }?.hasPrefix("operator 0 TILE") == true)
  }

  // MARK: Padding

  @Test func zerosAroundWholeNumbersAreLaidWhereNoWindowTakesThemIn() throws {
    // The first convolution has padding of its own.
    let nodes = try leading(34, over: [1, 6, 7, 3], isQuantized: true) {
      Lead(behind: [$0.integers("places", [0, 0, 1, 1, 0, 1, 0, 0], extents: [4, 2])])
    }
    guard case .integer(.pad(let padding)) = nodes[0] else { throw TFLiteFileTests.Missing() }
    #expect(padding == IntegerPadding(before: [0, 1, 0, 0], behind: [0, 1, 1, 0], number: 0))
    let others = try leading(60, over: [1, 6, 7, 3], isQuantized: true) { lite in
      let value = lite.tensor("value", [1], .uint8, content: [130], scales: [0.0078125], zeros: [128])
      return Lead(behind: [lite.integers("places", [0, 0, 1, 1, 0, 1, 0, 0], extents: [4, 2]), value])
    }
    guard case .integer(.pad(let other)) = others[0] else { throw TFLiteFileTests.Missing() }
    #expect(other.number == 2 && other.before == padding.before && other.behind == padding.behind)
  }

  // MARK: Functions and pairs

  @Test func functionsOfRealNumbersAreComputed() throws {
    func first(_ code: Int, options: WrittenTable? = nil, _ operand: (inout WrittenLite) -> [Int] = { _ in [] }) throws
      -> Operator
    {
      try leading(code) { lite in Lead(behind: operand(&lite), options) }[0]
    }
    guard case .map(.tanh) = try first(28) else { throw TFLiteFileTests.Missing() }
    guard case .map(.clamp(-1...1)) = try first(20) else { throw TFLiteFileTests.Missing() }
    guard case .map(.leaky(let slopes)) = try first(98, options: WrittenTable([0: .float(0.25)])) else {
      throw TFLiteFileTests.Missing()
    }
    #expect(Array(slopes.values) == [0.25, 0.25, 0.25])
    guard case .map(.leaky(let own)) = try first(54, { [$0.floats("slopes", [1, 1, 3], [1, 2, 3])] }) else {
      throw TFLiteFileTests.Missing()
    }
    #expect(Array(own.values) == [1, 2, 3])
    guard case .map(.clamp(let above)) = try first(55, { [$0.floats("least", [], [0.5])] }),
      case .map(.clamp(let below)) = try first(57, { [$0.floats("most", [1], [0.5])] })
    else { throw TFLiteFileTests.Missing() }
    #expect(above == 0.5 ... .infinity && below == -Float.infinity...0.5)
    let window = WrittenTable([0: .byte(0), 1: .word(1), 2: .word(1), 3: .word(3), 4: .word(3)])
    guard case .map(.pool(let pool)) = try first(17, options: window) else { throw TFLiteFileTests.Missing() }
    #expect(pool.method == .maximum && pool.kernel == Extent(height: 3, width: 3) && !pool.countsPadding)
  }

  /// What only scales and moves a picture is left to its normalisation.
  @Test func differencesAndQuotientsWithConstantsAreThePicturesNormalization() throws {
    func input(_ code: Int, isFirst: Bool = true, _ constant: Float) throws -> [Float] {
      var lite = TinyLite.model()
      lite.lead(code, over: [1, 8, 8, 3]) { lite in
        let number = lite.floats("number", [1], [constant])
        return isFirst ? Lead(behind: [number]) : Lead(before: [number])
      }
      let channel = try lite.model().input.normalization.ofChannels[0]
      return [channel.scale, channel.offset]
    }
    // (x − 127.5)/127.5 before.
    #expect(try input(41, 0.5) == [2 / 255, -1.5])
    #expect(try input(41, isFirst: false, 0.5) == [-2 / 255, 1.5])
    #expect(try input(42, 2) == [1 / 255, -0.5])
    #expect(
      try refusal(42) { Lead(behind: [$0.floats("number", [1], [0])]) } == "operator 0 DIV: it divides by 0")
  }

  /// LOGISTIC makes scores only where nothing computes on them.
  @Test func aSigmoidInTheMiddleIsComputed() throws {
    var lite = TinyLite.model()
    let first = lite.inputs[0]
    let picture = lite.tensor("pixels", [1, 8, 8, 3])
    let share = lite.tensor("share", [1, 8, 8, 3])
    lite.inputs = [picture]
    lite.add(14, [picture], [share])
    lite.add(18, [picture, share], [first])
    lite.operators = Array(lite.operators.suffix(2) + lite.operators.dropLast(2))
    let model = try lite.model()
    guard case .map(.sigmoid) = model.graph.nodes[0].operation, case .map(.product) = model.graph.nodes[1].operation
    else { throw TFLiteFileTests.Missing() }
    #expect(model.head.scores == .sigmoid)
  }

  @Test func channelsOfRealMapsAreJoined() throws {
    var lite = TinyLite.model()
    let first = lite.inputs[0]
    let picture = lite.tensor("pixels", [1, 8, 8, 1])
    lite.tensors[first][0] = .words([1, 8, 8, 3])
    let two = lite.tensor("two", [1, 8, 8, 3])
    lite.inputs = [lite.tensor("colours", [1, 8, 8, 3])]
    lite.add(
      65, [lite.inputs[0], lite.integers("begins", [0, 0, 0, 0]), lite.integers("sizes", [1, 8, 8, 1])], [picture])
    lite.add(2, [picture, picture, picture], [two], WrittenTable([0: .word(-1)]))
    lite.add(28, [two], [first])
    lite.operators = Array(lite.operators.suffix(3) + lite.operators.dropLast(3))
    let graph = try lite.model().graph
    let joins = graph.nodes.filter { if case .map(.join) = $0.operation { true } else { false } }
    #expect(joins.count == 2 && graph.shape(of: joins[1].output).extents == [1, 8, 8, 3])
  }

  @Test func pairsOfWholeNumbersAreCompared() throws {
    func first(_ code: Int, scale: Float = 0.0078125) throws -> Operator {
      let nodes = try leading(code, isQuantized: true) { lite in
        let content = [UInt8](repeating: 100, count: 3)
        return Lead(before: [lite.tensor("row", [3], .uint8, content: content, scales: [scale], zeros: [128])])
      }
      return nodes[1]
    }
    guard case .integer(.extreme(.greatest)) = try first(55), case .integer(.extreme(.least)) = try first(57),
      case .integer(.add(let sum)) = try first(41)
    else { throw TFLiteFileTests.Missing() }
    // The map stands first, and is what is subtracted.
    #expect(sum.subtrahend == .left)
    let reason = try refusal(55, isQuantized: true) { lite in
      Lead(behind: [lite.tensor("row", [3], .uint8, content: [1, 2, 3], scales: [1], zeros: [128])])
    }
    #expect(reason?.hasSuffix("different scales or zeros, which are to be equal") == true)
  }

  /// A mean over channels: they become the rows of a map.
  @Test func meansOfWholeNumbersGoOverAnyAxes() throws {
    let nodes = try leading(40, over: [1, 8, 8, 3, 5], isQuantized: true) { Lead(behind: [$0.integers("axes", [-1])]) }
    guard case .integer(.rearrange(let taken, let shape)) = try work(nodes) else { throw TFLiteFileTests.Missing() }
    #expect(taken.counts == [5, 1, 8, 8, 3] && shape.extents == [1, 5, 1, 192])
  }

  // MARK: Versions

  @Test(arguments: [(9, false), (0, true), (-1, false), (100, true)])
  func aVersionThatWeDoNotKnowIsNamed(version: Int, isQuantized: Bool) throws {
    var lite = TinyLite.model(isQuantized: isQuantized)
    // Of the first kind of operator.
    lite.codes[0][2] = .word(version)
    #expect(
      try lite.refusal()
        == "CONV_2D version \(version) (operator 0, 2, 4, 7 and 1 more) is not supported: of CONV_2D the newest known is "
        + "version 8")
    lite.codes[0][2] = .word(8)
    #expect(try lite.refusal() == nil)
  }

  // MARK: Seeds

  /// What fuzzing starts from is what this code writes; `STREAM_SEEDS=1` writes it anew.
  @Test func theQuantizedSeedsAreThese() throws {
    let folder = TestData.checkout.appending(path: "Tests/FuzzCorpus/lite")
    for (name, lite) in [
      ("tiny-unsigned", TinyLite.model(isQuantized: true)),
      ("tiny-signed", TinyLite.model(isQuantized: true, isSigned: true)),
    ] {
      let file = folder.appending(path: "\(name).tflite")
      #expect(try lite.refusal() == nil && lite.model().graph.arithmetic == .integer8)
      #expect(try SeedFile.holds(lite.bytes, at: file), "\(name)")
    }
  }
}

/// What a leading operator reads beside the picture, and gives beside what it is followed by.
struct Lead {
  /// Operands before and behind the picture.
  var before: [Int] = []
  var behind: [Int] = []
  var options: WrittenTable?
  /// Results before the one that the tiny detector reads.
  var results: [Int] = []

  init(before: [Int] = [], behind: [Int] = [], _ options: WrittenTable? = nil, results: [Int] = []) {
    (self.before, self.behind, self.options, self.results) = (before, behind, options, results)
  }
}

extension WrittenLite {
  /// Adds a tensor of numbers that depend on the picture.
  mutating func map(_ name: String, _ extents: [Int], isQuantized: Bool = false) -> Int {
    isQuantized
      ? tensor(name, extents, .uint8, scales: [0.0078125], zeros: [128]) : tensor(name, extents)
  }

  /// Lets the operator `code` make what was the picture of a new one, of three channels, whose values are reshaped to
  /// `extents` first where these are no picture's.
  mutating func lead(
    _ code: Int, over extents: [Int], isQuantized: Bool = false, _ lead: (inout WrittenLite) -> Lead
  ) {
    let first = inputs[0]
    let count = extents.reduce(1, *)
    let isPicture = extents.count == 4 && extents[0] == 1 && extents[3] == 3
    let pixels = isPicture ? extents : [1, count / 3, 1, 3]
    let picture = map("pixels", pixels, isQuantized: isQuantized)
    let lead = lead(&self)
    var read = picture
    inputs = [picture]
    if !isPicture {
      read = map("values", extents, isQuantized: isQuantized)
      add(22, [picture, integers("extents", extents)], [read])
    }
    add(code, lead.before + [read] + lead.behind, lead.results + [first], lead.options)
    let added = isPicture ? 1 : 2
    operators = Array(operators.suffix(added) + operators.dropLast(added))
  }
}
