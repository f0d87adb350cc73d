internal import Model

/// One layer of a network, whichever version of the format it is written in.
struct CaffeLayer {
  let name: String
  /// What it computes, by its present name: `Convolution`.
  let type: String
  let bottoms: [String]
  let tops: [String]
  /// Everything else that is said of it.
  let fields: [TextProto.Field]
  /// Its weights; a text has none.
  var blobs: [CaffeBlob] = []

  /// The layer that the fields of a message say, of the present version or an older one.
  init(_ fields: [TextProto.Field], blobs: [CaffeBlob] = []) {
    var (name, type, bottoms, tops) = ("", "", [String](), [String]())
    var rest: [TextProto.Field] = []
    for field in fields {
      switch (field.name, field.value) {
      case ("name", .scalar(let text)): name = text
      case ("type", .scalar(let text)): type = text
      case ("bottom", .scalar(let text)): bottoms.append(text)
      case ("top", .scalar(let text)): tops.append(text)
      case ("layer", .message(let oldest)):
        let found = Self.oldest(oldest)
        (name, type) = (found.name, found.type)
        rest += found.fields
      default: rest.append(field)
      }
    }
    (self.name, self.type, self.bottoms, self.tops) = (name, CaffeNames.type(type), bottoms, tops)
    (self.fields, self.blobs) = (rest, blobs)
  }

  /// Returns what a layer of version zero says, whose parameters stand in it without a message of their own.
  private static func oldest(_ fields: [TextProto.Field]) -> (name: String, type: String, fields: [TextProto.Field]) {
    var (name, type, own) = ("", "", [TextProto.Field]())
    for field in fields {
      switch (field.name, field.value) {
      case ("name", .scalar(let text)): name = text
      case ("type", .scalar(let text)): type = text
      case ("kernelsize", let value): own.append(TextProto.Field(name: "kernel_size", value: value))
      case ("biasterm", let value): own.append(TextProto.Field(name: "bias_term", value: value))
      default: own.append(field)
      }
    }
    let parameter: String? =
      switch CaffeNames.type(type) {
      case "Convolution": "convolution_param"
      case "Pooling": "pooling_param"
      case "LRN": "lrn_param"
      case "InnerProduct": "inner_product_param"
      case "Concat": "concat_param"
      case "padding": "convolution_param"
      default: nil
      }
    // What says how a layer is trained is no matter.
    let ignored: Set<String> = ["blobs_lr", "weight_decay", "weight_filler", "bias_filler", "dropout_ratio", "engine"]
    own.removeAll { ignored.contains($0.name) }
    guard let parameter, !own.isEmpty else { return (name, type, []) }
    return (name, type, [TextProto.Field(name: parameter, value: .message(own))])
  }

  /// Where errors are.
  var place: [String] { ["layer \(name.printable(most: 100))"] }

  /// Whether it is there when a network is run (`NetStateRule`: phase TEST, level 0, no stages).
  var isRun: Bool {
    func rules(_ name: String) -> [[TextProto.Field]] {
      fields.compactMap { if $0.name == name, case .message(let fields) = $0.value { fields } else { nil } }
    }
    let included = rules("include")
    guard included.isEmpty else { return included.contains(where: Self.holds) }
    return !rules("exclude").contains(where: Self.holds)
  }

  /// Whether a rule holds when a network is run.
  private static func holds(_ rule: [TextProto.Field]) -> Bool {
    rule.allSatisfy { field in
      guard case .scalar(let text) = field.value else { return true }
      switch field.name {
      case "phase": return text == "TEST" || text == "1"
      case "min_level": return Int(text) ?? 0 <= 0
      case "max_level": return Int(text) ?? 0 >= 0
      case "stage": return false
      default: return true
      }
    }
  }

  /// Returns the parameters in the message `name`; those of an absent one are all at their defaults.
  ///
  /// - Throws: `ImportError` where they are no message.
  func parameters(_ name: String, file: String) throws(ImportError) -> ConfigMessage {
    var message = ConfigMessage(fields, path: place, file: file)
    return try message.message(name)
  }
}
