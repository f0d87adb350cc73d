import Detecting
import Inference
import Kernels
import Model
import Pixels
import Scene
import TestNetworks
import Testing

@Suite struct PreparerTests {
  /// A home of pictures of one gray.
  private final class Home: FrameHome, @unchecked Sendable {
    let bytes: UnsafeMutablePointer<UInt8>

    init(gray: UInt8, count: Int) {
      bytes = .allocate(capacity: count)
      bytes.initialize(repeating: gray, count: count)
    }

    deinit { bytes.deallocate() }

    func takeBack(_ index: Int) {}

    func frame(_ width: Int, _ height: Int) -> Frame {
      Frame(
        width: width, height: height, format: .gray8,
        stamp: FrameStamp(number: 0, time: FrameTime(sinceFirst: .zero)),
        planes: (Plane(start: bytes, stride: width), nil, nil), home: self)
    }
  }

  private let contract = InputContract(
    width: 7, height: 5, channelOrder: .rgb, resize: .tensorFlowLegacy,
    normalization: Normalization(scale: 0.5, offset: -1, order: .afterResize))

  /// The layout of a network whose first convolution wants zeros all around.
  private func layout() throws -> InputLayout {
    var builder = NetworkBuilder(input: Shape(height: 5, width: 7, channels: 3))
    return try Engine(builder.finish([builder.convolution(builder.graph.input, to: 4, kernel: 3)])).inputLayout
  }

  @Test func thePictureIsFilledAndTheZerosAroundItStay() throws {
    let pool = TensorPool(layout: try layout(), capacity: 1)
    var preparer = Preparer(contract, layout: pool.layout, kernels: .fastest)
    let tensor = pool.take()
    for (width, height, gray) in [(31, 17, 200), (3, 2, 7), (7, 5, 0)] {
      try preparer.prepare(Home(gray: UInt8(gray), count: width * height).frame(width, height), into: tensor)
      for row in 0..<5 {
        let line = tensor.address(row: row)
        #expect((0..<21).allSatisfy { line[$0] == Float(gray) * 0.5 - 1 })
        #expect((-3..<0).allSatisfy { line[$0] == 0 } && (21..<24).allSatisfy { line[$0] == 0 })
      }
      #expect((-pool.layout.origin..<0).allSatisfy { tensor.address(row: 0)[$0] == 0 })
      #expect((21..<21 + 3 + pool.layout.rowStride).allSatisfy { tensor.address(row: 4)[$0] == 0 })
    }
  }

  @Test func aSizeOutOfRangeIsAnErrorThatNamesIt() throws {
    let pool = TensorPool(layout: try layout(), capacity: 1)
    var preparer = Preparer(contract, layout: pool.layout, kernels: .fastest)
    let tensor = pool.take()
    let error = #expect(throws: PictureError.self) {
      try preparer.prepare(Home(gray: 0, count: 1).frame(20_000, 1), into: tensor)
    }
    #expect(error?.description == "picture of 20000×1: sides must be 1 to 16384 pixels long")
  }
}
