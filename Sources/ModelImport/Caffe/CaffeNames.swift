/// The types of layers by what the three versions of the format call them.
enum CaffeNames {
  /// The types of the first version, by their numbers.
  static let oldTypes: [Int: String] = Dictionary(
    uniqueKeysWithValues: [
      "NONE", "ACCURACY", "BNLL", "CONCAT", "CONVOLUTION", "DATA", "DROPOUT", "EUCLIDEAN_LOSS", "FLATTEN", "HDF5_DATA",
      "HDF5_OUTPUT", "IM2COL", "IMAGE_DATA", "INFOGAIN_LOSS", "INNER_PRODUCT", "LRN", "MULTINOMIAL_LOGISTIC_LOSS",
      "POOLING", "RELU", "SIGMOID", "SOFTMAX", "SOFTMAX_LOSS", "SPLIT", "TANH", "WINDOW_DATA", "ELTWISE", "POWER",
      "SIGMOID_CROSS_ENTROPY_LOSS", "HINGE_LOSS", "MEMORY_DATA", "ARGMAX", "THRESHOLD", "DUMMY_DATA", "SLICE", "MVN",
      "ABSVAL", "SILENCE", "CONTRASTIVE_LOSS", "EXP", "DECONVOLUTION",
    ].enumerated().map { ($0, $1) })

  /// What the others call them today.
  private static let today = [
    "CONCAT": "Concat", "CONVOLUTION": "Convolution", "DATA": "Data", "DROPOUT": "Dropout", "FLATTEN": "Flatten",
    "IMAGE_DATA": "ImageData", "MEMORY_DATA": "MemoryData", "DUMMY_DATA": "DummyData", "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN", "POOLING": "Pooling", "RELU": "ReLU", "SIGMOID": "Sigmoid", "SOFTMAX": "Softmax", "SPLIT": "Split",
    "TANH": "TanH", "ELTWISE": "Eltwise", "SLICE": "Slice", "SILENCE": "Silence",
    "conv": "Convolution", "relu": "ReLU", "pool": "Pooling", "lrn": "LRN", "innerproduct": "InnerProduct",
    "concat": "Concat", "softmax": "Softmax", "dropout": "Dropout", "flatten": "Flatten", "split": "Split",
    "sigmoid": "Sigmoid", "tanh": "TanH", "data": "Data", "images": "ImageData",
    "ConvolutionDepthwise": "Convolution", "DepthwiseConvolution": "Convolution", "BN": "BN",
  ]

  /// Returns the present name of a layer's type.
  static func type(_ name: String) -> String { today[name] ?? name }

  /// The types of layers that bring pictures.
  static let sources: Set<String> = [
    "Input", "Data", "ImageData", "MemoryData", "DummyData", "AnnotatedData", "VideoData", "HDF5Data", "WindowData",
  ]
}
