internal import KernelCalls
internal import Kernels

/// One layer of a network, by the shape of its work.
struct Layer {
  /// What the layer computes.
  enum Kind: String {
    case stem
    case product
    case depthwise
    case dense
  }

  let kind: Kind
  /// Input rows and columns.
  let size: Int
  let inputs: Int
  let outputs: Int
  let stride: Int

  /// The distinct layers of SSDLite MobileNetV2 at 300×300, and the SSD's 3×3 convolutions of the same maps.
  static let mobileNetV2: [Layer] = [
    Layer(.stem, 300, 3, 32, stride: 2),
    Layer(.product, 150, 32, 16), Layer(.product, 150, 16, 96), Layer(.product, 75, 96, 24),
    Layer(.product, 75, 24, 144), Layer(.product, 75, 144, 24), Layer(.product, 38, 144, 32),
    Layer(.product, 38, 32, 192), Layer(.product, 38, 192, 32), Layer(.product, 19, 192, 64),
    Layer(.product, 19, 64, 384), Layer(.product, 19, 384, 64), Layer(.product, 19, 384, 96),
    Layer(.product, 19, 96, 576), Layer(.product, 19, 576, 96), Layer(.product, 10, 576, 160),
    Layer(.product, 10, 160, 960), Layer(.product, 10, 960, 160), Layer(.product, 10, 960, 320),
    Layer(.product, 10, 320, 1280), Layer(.product, 10, 1280, 256), Layer(.product, 19, 576, 12),
    Layer(.product, 10, 1280, 24), Layer(.product, 5, 512, 24),
    Layer(.depthwise, 150, 32, 32), Layer(.depthwise, 150, 96, 96, stride: 2), Layer(.depthwise, 75, 144, 144),
    Layer(.depthwise, 75, 144, 144, stride: 2), Layer(.depthwise, 38, 192, 192),
    Layer(.depthwise, 38, 192, 192, stride: 2), Layer(.depthwise, 19, 384, 384), Layer(.depthwise, 19, 576, 576),
    Layer(.depthwise, 19, 576, 576, stride: 2), Layer(.depthwise, 10, 960, 960),
    Layer(.dense, 19, 576, 12), Layer(.dense, 10, 256, 512, stride: 2),
  ]

  private init(_ kind: Kind, _ size: Int, _ inputs: Int, _ outputs: Int, stride: Int = 1) {
    (self.kind, self.size, self.inputs, self.outputs, self.stride) = (kind, size, inputs, outputs, stride)
  }

  /// Output rows and columns.
  var outputSize: Int { (size - 1) / stride + 1 }
  /// Multiply-adds of the true channels.
  var multiplyAdds: Int {
    let pixels = outputSize * outputSize
    switch kind {
    case .stem, .dense: return pixels * 9 * inputs * outputs
    case .product: return pixels * inputs * outputs
    case .depthwise: return pixels * 9 * inputs
    }
  }

  /// Returns what computes the layer once, on memory of its own that is not given back.
  func work(_ kernels: KernelSet) -> () -> Void {
    let (pixels, outputPixels) = (size * size, outputSize * outputSize)
    let panels = 0..<padded(outputs) / panelWidth
    let bias = floats(padded(outputs))
    let output = FeatureMap(panels: floats(outputPixels * padded(outputs)), pixels: outputPixels)
    let window = KernelWindow(side: 3, stride: stride, padding: 1)
    if kind == .stem {
      let (picture, rowStride) = (floats((size + 2) * (size + 2) * inputs), (size + 2) * inputs)
      let weights = floats(9 * inputs * padded(outputs))
      return {
        for row in 0..<outputSize {
          kernels.multiply(
            Product(
              picture: picture + row * stride * rowStride, channels: inputs, rowStride: rowStride, window: window,
              output: FeatureMap(
                output.address(pixel: row * outputSize), pixelStride: output.pixelStride,
                panelStride: output.panelStride), weights: weights, bias: bias, columns: 0..<outputSize, panels: panels,
              clamp: .relu6))
        }
      }
    }
    let input = FeatureMap(panels: floats(pixels * padded(inputs)), pixels: pixels)
    switch kind {
    case .depthwise:
      let call = Depthwise(
        input: input, inputWidth: size, inputHeight: size, output: output, outputWidth: outputSize,
        rows: 0..<outputSize, panels: panels, weights: floats(9 * padded(inputs)), bias: bias, window: window,
        clamp: .relu6)
      return { kernels.convolve(call) }
    case .dense:
      let depth = 9 * padded(inputs)
      let gathered = FeatureMap(panels: floats(outputPixels * depth), pixels: outputPixels)
      let gather = Gather(
        input: input, inputWidth: size, inputHeight: size, inputPanels: padded(inputs) / panelWidth, target: gathered,
        outputWidth: outputSize, pixels: 0..<outputPixels, window: window)
      let product = Product(
        input: gathered, output: output, weights: floats(depth * padded(outputs)),
        pairedPanel: kernels.pairedPanel(inputs: depth, outputs: outputs), bias: bias, pixels: 0..<outputPixels,
        panels: panels, depth: depth, clamp: .relu6)
      return {
        kernels.gather(gather)
        kernels.multiply(product)
      }
    case .product, .stem:
      let call = Product(
        input: input, output: output, weights: floats(inputs * padded(outputs)),
        pairedPanel: kernels.pairedPanel(inputs: inputs, outputs: outputs), bias: bias, pixels: 0..<pixels,
        panels: panels, depth: inputs, clamp: .relu6)
      return { kernels.multiply(call) }
    }
  }
}

/// Returns `count` numbers, neither zero nor denormal, that start at a cache line.
func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
  let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 16) * 4, alignment: 64)
  let floats = memory.bindMemory(to: Float.self, capacity: max(count, 16))
  floats.initialize(repeating: 0.001, count: max(count, 16))
  return floats
}
