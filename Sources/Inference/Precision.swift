/// How exact the products of a network of real numbers are.
public enum Precision: String, CaseIterable, Sendable {
  /// All numbers are float32.
  case float32 = "fp32"
  /// The inputs and weights of 1×1 convolutions, of others over all channels that do not read the picture, and of depthwise
  /// 3×3 ones between 1×1 ones (`HalfMaps`) are rounded to bfloat16, to nearest and of two to the even one, and their
  /// products summed in float32. All else is float32: the convolution that reads the picture, other depthwise ones, biases,
  /// sums of maps, activations, other maps, and the outputs.
  case bfloat16 = "bf16"
}
