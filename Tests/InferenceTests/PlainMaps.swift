import Foundation
import Model

/// Returns what `operation` gives, by loops that look like the formulas, in double.
func plainResult(of operation: MapOperator, _ inputs: [[Double]], _ shapes: [Shape], _ output: Shape) -> [Double] {
  let (height, width, depth) = (shapes[0].extents[1], shapes[0].extents[2], shapes[0].extents[3])
  let (rows, columns, channels) = (output.extents[1], output.extents[2], output.extents[3])
  let pixels = height * width
  /// Makes the result out of what each of its places is.
  func made(_ body: (_ row: Int, _ column: Int, _ channel: Int) -> Double) -> [Double] {
    (0..<rows * columns * channels).map { body($0 / channels / columns, $0 / channels % columns, $0 % channels) }
  }
  func pixel(_ index: Int) -> ArraySlice<Double> { inputs[0][index * depth..<(index + 1) * depth] }
  switch operation {
  case .pool(let pool):
    guard case .explicit(let top, let left, let bottom, let right) = pool.window.padding else { return [] }
    let edge = (height + bottom - pool.overhang.height, width + right - pool.overhang.width)
    return made { row, column, channel in
      var (values, counted) = ([Double](), 0)
      for y in row * pool.window.stride.height - top..<row * pool.window.stride.height - top + pool.kernel.height {
        for x in column * pool.window.stride.width - left..<column * pool.window.stride.width - left + pool.kernel.width
        {
          if y < edge.0, x < edge.1 { counted += 1 }
          guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
          values.append(inputs[0][(y * width + x) * depth + channel])
        }
      }
      return pool.method == .maximum
        ? values.max() ?? 0 : values.reduce(0, +) / Double(pool.countsPadding ? counted : values.count)
    }
  case .crop(let crop):
    return made { inputs[0][(($0 + crop.top) * width + $1 + crop.left) * depth + $2 + crop.channel] }
  case .join:
    let other = channels - depth
    return made { row, column, channel in
      let pixel = row * width + column
      return channel < depth ? inputs[0][pixel * depth + channel] : inputs[1][pixel * other + channel - depth]
    }
  case .product: return zip(inputs[0], inputs[1]).map { $0 * $1 }
  case .maximum: return zip(inputs[0], inputs[1]).map { max($0, $1) }
  case .unitLength(let scale, let epsilon):
    let scale = scale.values.map(Double.init)
    return (0..<pixels).flatMap { index in
      let length = (pixel(index).map { $0 * $0 }.reduce(0, +) + Double(epsilon)).squareRoot()
      return zip(pixel(index), scale).map { $0 * $1 / length }
    }
  case .localResponse(let response):
    return (0..<pixels).flatMap { index in
      (0..<depth).map { channel in
        let around = max(channel - response.size / 2, 0)...min(channel + response.size / 2, depth - 1)
        let sum = around.map { inputs[0][index * depth + $0] }.map { $0 * $0 }.reduce(0, +)
        let divisor = Double(response.bias) + Double(response.alpha) / Double(response.size) * sum
        return inputs[0][index * depth + channel] / pow(divisor, Double(response.beta))
      }
    }
  case .softmax:
    return (0..<pixels).flatMap { index in
      let powers = pixel(index).map { exp($0) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
  case .sigmoid: return inputs[0].map { 1 / (1 + exp(-$0)) }
  case .tanh: return inputs[0].map { Foundation.tanh($0) }
  case .leaky(let slopes):
    let slopes = slopes.values.map(Double.init)
    return inputs[0].enumerated().map { $1 > 0 ? $1 : $1 * slopes[$0 % depth] }
  case .clamp(let range): return inputs[0].map { min(max($0, Double(range.lowerBound)), Double(range.upperBound)) }
  }
}
