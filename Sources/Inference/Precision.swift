/// How exact the products of a network of real numbers are.
public enum Precision: String, CaseIterable, Sendable {
  /// All numbers are float32.
  case float32 = "fp32"
  /// The inputs and weights of 1×1 convolutions, and of others over all channels that do not read the picture, are
  /// rounded to bfloat16, to nearest and of two to the even one, and their products summed in float32. All else is float32:
  /// depthwise convolutions and the one that reads the picture, biases, sums of maps, activations, what is between two
  /// layers, and the outputs.
  case bfloat16 = "bf16"
}
