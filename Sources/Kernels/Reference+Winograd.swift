internal import KernelCalls

/// Winograd's transforms as matrices (`WinogradInput`, `WinogradOutput`).
extension Reference {
  private static let inputMatrix: [[Double]] = [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]
  private static let outputMatrix: [[Double]] = [[1, 1, 1, 0], [0, 1, -1, -1]]

  /// Computes `Bᵀ d B` of each tile.
  static func transform(_ call: borrowing WinogradInput) {
    let tiles = call.tiles
    for channel in call.panels.lowerBound * panelWidth..<call.panels.upperBound * panelWidth {
      for tile in 0..<tiles.count {
        var values = [[Double]](repeating: [0, 0, 0, 0], count: 4)
        for row in 0..<4 {
          for column in 0..<4 {
            let y = tile / tiles.across * 2 + row - tiles.top
            let x = tile % tiles.across * 2 + column - tiles.left
            guard y >= 0, y < call.inputHeight, x >= 0, x < call.inputWidth else { continue }
            values[row][column] = Double(call.input.address(pixel: y * call.inputWidth + x, channel: channel).pointee)
          }
        }
        for (place, value) in sandwiched(values, by: inputMatrix).joined().enumerated() {
          call.output.address(pixel: place * tiles.count + tile, channel: channel).pointee = Float(value)
        }
      }
    }
  }

  /// Computes `clamp(Aᵀ m A + residual)` of each tile.
  static func transform(_ call: borrowing WinogradOutput) {
    let (tiles, input) = (call.tiles, call.input)
    for channel in call.panels.lowerBound * panelWidth..<call.panels.upperBound * panelWidth {
      for tile in 0..<tiles.count {
        let values = (0..<4).map { row in
          (0..<4).map { column in
            Double(input.address(pixel: (4 * row + column) * tiles.count + tile, channel: channel).pointee)
          }
        }
        let results = sandwiched(values, by: outputMatrix)
        for row in 0..<2 {
          for column in 0..<2 {
            let (y, x) = (tile / tiles.across * 2 + row, tile % tiles.across * 2 + column)
            guard y < call.outputHeight, x < call.outputWidth else { continue }
            let pixel = y * call.outputWidth + x
            let residual = call.residual.map { Double($0.address(pixel: pixel, channel: channel).pointee) } ?? 0
            let target = call.output.address(pixel: pixel, channel: channel)
            target.pointee = call.clamp(Float(results[row][column] + residual))
          }
        }
      }
    }
  }

  /// Returns `matrix · values · matrixᵀ`.
  private static func sandwiched(_ values: [[Double]], by matrix: [[Double]]) -> [[Double]] {
    let half = matrix.map { row in (0..<4).map { column in (0..<4).reduce(0) { $0 + row[$1] * values[$1][column] } } }
    return half.map { row in matrix.map { other in (0..<4).reduce(0) { $0 + row[$1] * other[$1] } } }
  }
}
