/// One operator: what it is, what it reads and gives, and its options.
package struct TFLiteOperator {
  /// Which operator it is, and in which version.
  package struct Code: Equatable, Sendable {
    /// Its name in the schema; `CUSTOM` and their own of those that the schema does not know.
    package let name: String
    /// The name of an operator that the schema does not know.
    let customName: String?
    package let version: Int

    /// Reads an `OperatorCode`; the number has two fields, of which the older one ends at 127.
    init(_ table: FlatBuffer.Table) throws(ByteError) {
      let number = max(Int(try table.integer(0, as: Int8.self)), Int(try table.integer(3, as: Int32.self)))
      let written = TFLiteOperator.names.element(number) ?? "code \(number)"
      customName = written == "CUSTOM" ? try table.text(1) ?? "" : nil
      name = customName.map { "CUSTOM \($0.printable(most: 64))" } ?? written
      version = Int(try table.integer(2, as: Int32.self, default: 1))
    }
  }

  package let code: Code
  /// The tensors that it reads; −1 where an operand is left out.
  package let inputs: [Int]
  package let outputs: [Int]
  let options: TFLiteOptions

  /// Reads an `Operator` whose operands were checked.
  init(_ code: Code, _ table: FlatBuffer.Table, inputs: [Int], outputs: [Int]) throws(ByteError) {
    (self.code, self.inputs, self.outputs) = (code, inputs, outputs)
    options = try TFLiteOptions(code, table)
  }

  /// The names of `BuiltinOperator` by their number.
  private static let names: [String] = """
    ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR
    FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION
    LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH
    CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER
    BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE
    BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM
    ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE
    TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK
    LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD
    RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N
    GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE
    NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL
    PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS
    """.split { $0.isWhitespace }.map { String($0) }
}

/// What an operator's table of options says, as far as we read it; a table that is left out means all defaults.
enum TFLiteOptions {
  case none
  case window(TFLiteWindow)
  case concatenation(axis: Int, activation: Int)
  /// Of sums, products and fully connected layers.
  case fused(activation: Int)
  /// The shape of old files, which have it here instead of as an operand.
  case reshape([Int])
  case softmax(beta: Float)
  case mean(keepsDimensions: Bool)
  case squeeze([Int])
  case slice(begin: Int, end: Int, shrink: Int, others: Int)
  case pack(axis: Int)
  /// Of LEAKY_RELU: what a number below zero is multiplied by.
  case slope(Float)
  case resize(keepsEnds: Bool, hasHalfPixels: Bool)
  /// Where the bytes that a custom operator understands lie in the file.
  case custom(Range<Int>)

  /// Reads the options of the operator `code` in its table.
  init(_ code: TFLiteOperator.Code, _ table: FlatBuffer.Table) throws(ByteError) {
    if code.customName != nil {
      self = .custom(try table.elements(5, size: 1) ?? 0..<0)
      return
    }
    let options = try table.table(4)
    func integer(_ number: Int, default missing: Int32 = 0) throws(ByteError) -> Int {
      Int(try options?.integer(number, as: Int32.self, default: missing) ?? missing)
    }
    /// Enumerations are bytes.
    func choice(_ number: Int) throws(ByteError) -> Int {
      Int(try options?.integer(number, as: Int8.self) ?? 0)
    }
    func flag(_ number: Int) throws(ByteError) -> Bool { try options?.flag(number) ?? false }
    func integers(_ number: Int) throws(ByteError) -> [Int] {
      try options?.integers(number, as: Int32.self, most: 16).map { Int($0) } ?? []
    }
    switch code.name {
    case "ADD", "MUL", "SUB", "DIV", "FULLY_CONNECTED": self = .fused(activation: try choice(0))
    case "CONCATENATION": self = .concatenation(axis: try integer(0), activation: try choice(1))
    case "AVERAGE_POOL_2D", "MAX_POOL_2D":
      self = .window(
        TFLiteWindow(
          padding: try choice(0), stride: (try integer(2), try integer(1)), dilation: (1, 1),
          activation: try choice(5), filter: (try integer(4), try integer(3))))
    case "CONV_2D":
      self = .window(
        TFLiteWindow(
          padding: try choice(0), stride: (try integer(2), try integer(1)),
          dilation: (try integer(5, default: 1), try integer(4, default: 1)), activation: try choice(3)))
    case "DEPTHWISE_CONV_2D":
      self = .window(
        TFLiteWindow(
          padding: try choice(0), stride: (try integer(2), try integer(1)),
          dilation: (try integer(6, default: 1), try integer(5, default: 1)), activation: try choice(4)))
    case "RESHAPE": self = .reshape(try integers(0))
    case "RESIZE_BILINEAR": self = .resize(keepsEnds: try flag(2), hasHalfPixels: try flag(3))
    case "RESIZE_NEAREST_NEIGHBOR": self = .resize(keepsEnds: try flag(0), hasHalfPixels: try flag(1))
    case "SOFTMAX": self = .softmax(beta: try options?.float(0) ?? 0)
    case "MEAN": self = .mean(keepsDimensions: try options?.flag(0) ?? false)
    case "SQUEEZE": self = .squeeze(try integers(0))
    case "STRIDED_SLICE":
      self = .slice(
        begin: try integer(0), end: try integer(1), shrink: try integer(4),
        others: try integer(2) | integer(3) | (flag(5) ? 1 : 0))
    case "PACK": self = .pack(axis: try integer(1))
    case "LEAKY_RELU": self = .slope(try options?.float(0) ?? 0)
    default: self = .none
    }
  }
}

/// How the window of a convolution or a pool moves, rows before columns.
struct TFLiteWindow {
  /// 0 is SAME, 1 is VALID.
  var padding: Int
  var stride: (height: Int, width: Int)
  var dilation: (height: Int, width: Int)
  /// `ActivationFunctionType`.
  var activation: Int
  /// Of pools only.
  var filter = (height: 0, width: 0)
}
