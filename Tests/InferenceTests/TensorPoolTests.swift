import Inference
import Model
import TestNetworks
import Testing

@Suite struct TensorPoolTests {
  /// The layout of a picture that a 3×3 convolution with stride 1 reads, so with zeros all around.
  private func layout() throws -> InputLayout {
    var builder = NetworkBuilder(input: Shape(height: 5, width: 7, channels: 3))
    return try Engine(builder.finish([builder.convolution(builder.graph.input, to: 4, kernel: 3)])).inputLayout
  }

  @Test func theLayoutHasTheFirstConvolutionsPadding() throws {
    let layout = try layout()
    #expect((layout.width, layout.height, layout.channels) == (7, 5, 3))
    #expect((layout.rowStride, layout.origin, layout.count) == (27, 30, 7 * 27))
  }

  @Test func aDroppedTensorGoesHomeAndKeepsItsPaddingZero() throws {
    let pool = TensorPool(layout: try layout(), capacity: 1)
    do {
      let tensor = pool.take()
      for row in 0..<5 { for index in 0..<21 { tensor.address(row: row)[index] = 1 } }
    }
    let tensor = pool.take()
    #expect(tensor.address(row: 4)[20] == 1)
    for row in 0..<5 {
      #expect((-3..<0).allSatisfy { tensor.address(row: row)[$0] == 0 })
      #expect((21..<24).allSatisfy { tensor.address(row: row)[$0] == 0 })
    }
    #expect((-30..<0).allSatisfy { tensor.address(row: 0)[$0] == 0 })
    #expect((21..<54).allSatisfy { tensor.address(row: 4)[$0] == 0 })
  }

  @Test func tensorsThatAreHeldHaveMemoryOfTheirOwn() throws {
    let pool = TensorPool(layout: try layout(), capacity: 2)
    let one = pool.take()
    let other = pool.take()
    let distance = one.address(row: 0) - other.address(row: 0)
    #expect(abs(distance) >= pool.layout.count && distance % 16 == 0)
  }

  @Test func tensorsTravelBetweenThreads() async throws {
    let pool = TensorPool(layout: try layout(), capacity: 4)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<4 {
        group.addTask {
          for round in 0..<500 {
            let tensor = pool.take()
            let value = Float(number * 1000 + round)
            tensor.address(row: 2)[3] = value
            #expect(tensor.address(row: 2)[3] == value)
          }
        }
      }
    }
  }
}
