public import Scene

/// What the heads' numbers mean: every family's post-processing as one set of rules.
public struct DetectionHead: Sendable {
  /// The anchors (priors) by their corners, in fractions of the picture, not clipped.
  public var anchors: [Box]
  /// The same anchors by their centres, where the file has them so and corners would lose their last bits.
  public var centeredAnchors: [CenteredBox]?
  public var coder: BoxCoder
  /// What each anchor's encodings are multiplied by in place of the coder's factors, where anchors differ in that.
  public var anchorFactors: [CenteredBox]?
  /// Columns of the class head, the background's included.
  public var columns: Int
  /// The column that means "nothing here"; nil where there is none.
  public var backgroundColumn: Int?
  /// What is added to a column's number to give the class number: 0 for TensorFlow, torchvision and Caffe.
  public var classOffset: Int
  public var scores: ScoreConversion
  public var suppression: Suppression

  public init(
    anchors: [Box], coder: BoxCoder, columns: Int, backgroundColumn: Int?, classOffset: Int, scores: ScoreConversion,
    suppression: Suppression
  ) {
    (self.anchors, self.coder, self.columns, self.backgroundColumn) = (anchors, coder, columns, backgroundColumn)
    (self.classOffset, self.scores, self.suppression) = (classOffset, scores, suppression)
  }
}

extension DetectionHead {
  /// The most anchors that a file may ask for: many times what the largest detectors have.
  package static let mostAnchors = 1 << 20

  /// The numbers of the classes; the background, at whichever end it stands, is none of them.
  public var classNumbers: Range<Int> {
    let first = backgroundColumn == 0 ? 1 : 0
    let end = backgroundColumn == columns - 1 ? columns - 1 : columns
    return first + classOffset..<max(first, end) + classOffset
  }

  /// The most detections of a picture that the suppression lets through, whatever a user asks for; nil where it has no
  /// limit of its own.
  public var mostDetections: Int? {
    let rules = suppression
    func product(_ one: Int, _ other: Int) -> Int {
      let (product, isTooLarge) = one.multipliedReportingOverflow(by: other)
      return isTooLarge ? .max : product
    }
    let groups = rules.isClassAgnostic ? 1 : classNumbers.count
    let kept = [rules.keptPerClass, rules.candidatesPerClass].compactMap { $0 }.min().map { product($0, groups) }
    let total = rules.isTotalFinal ? rules.total : nil
    return [kept, total].compactMap { $0 }.min().map { product($0, rules.classesPerBox) }
  }
}

/// A box by its centre and size, in fractions of the picture.
public struct CenteredBox: Sendable, Equatable {
  public var y: Float
  public var x: Float
  public var height: Float
  public var width: Float

  public init(y: Float, x: Float, height: Float, width: Float) {
    (self.y, self.x, self.height, self.width) = (y, x, height, width)
  }

  /// Its corners, each rounded to float32.
  public var corners: Box {
    Box(yMin: y - height / 2, xMin: x - width / 2, yMax: y + height / 2, xMax: x + width / 2)
  }
}

/// How a logit becomes a score.
public enum ScoreConversion: Sendable { case sigmoid, softmax, identity }

/// How four numbers and an anchor become a box (Faster R-CNN, section 3.1.2): offsets of the centre in anchor sizes,
/// logarithms of the ratio of sizes, each multiplied by a factor.
public struct BoxCoder: Sendable, Equatable {
  /// The order of the four numbers.
  public enum Order: Sendable {
    case yxhw, xywh
    /// Left, upper, right and lower edge, each from the anchor's by so many of its widths or heights; no logarithms.
    case xyxy
    /// Left, upper, right and lower edge, each from the anchor's by so many pictures; no logarithms.
    case corners
  }
  public var order: Order
  /// Factors of the encodings: 1/10 and 1/5 of TensorFlow, the variances of Caffe.
  public var centerYFactor: Float
  public var centerXFactor: Float
  public var heightFactor: Float
  public var widthFactor: Float
  /// The greatest logarithm of a size after its factor; nil is without limit.
  public var maxLogSize: Float?
  /// Where the reference divides by these numbers, in double, and rounds each result: TensorFlow Lite's detection
  /// operator. nil is products with the factors, in float32.
  public var scales: BoxScales?

  public init(
    order: Order, centerYFactor: Float, centerXFactor: Float, heightFactor: Float, widthFactor: Float,
    maxLogSize: Float? = nil
  ) {
    (self.order, self.centerYFactor, self.centerXFactor) = (order, centerYFactor, centerXFactor)
    (self.heightFactor, self.widthFactor, self.maxLogSize) = (heightFactor, widthFactor, maxLogSize)
  }
}

extension BoxCoder {
  /// A coder that divides by `scales` in double.
  public init(order: Order, dividingBy scales: BoxScales) {
    self.init(
      order: order, centerYFactor: 1 / scales.y, centerXFactor: 1 / scales.x, heightFactor: 1 / scales.height,
      widthFactor: 1 / scales.width)
    self.scales = scales
  }
}

/// What box encodings are divided by.
public struct BoxScales: Sendable, Equatable {
  public var y: Float
  public var x: Float
  public var height: Float
  public var width: Float

  public init(y: Float, x: Float, height: Float, width: Float) {
    (self.y, self.x, self.height, self.width) = (y, x, height, width)
  }
}

/// Greedy hard non-maximum suppression, class by class or of all classes together.
public struct Suppression: Sendable, Equatable {
  /// When boxes are clipped to the picture.
  public enum Clipping: Sendable { case beforeSuppression, afterSuppression, never }
  public var clipping: Clipping
  /// Whether boxes without area after clipping are left out (they do not count for the total cap).
  public var dropsEmptyBoxes: Bool
  /// A candidate's score is greater than this.
  public var scoreThreshold: Float
  /// A candidate is removed when its IoU with a kept one of its class is greater than this.
  public var iouThreshold: Float
  /// At most so many of the best candidates of a class enter the suppression.
  public var candidatesPerClass: Int?
  /// At most so many of a class leave it.
  public var keptPerClass: Int?
  /// At most so many detections of a picture, by falling score; nil is without limit.
  public var total: Int?
  /// Whether each anchor is a candidate of its best class only, and boxes of all classes suppress each other.
  public var isClassAgnostic: Bool
  /// Whether a score that equals `scoreThreshold` is a candidate's too; never of a threshold that a user gives.
  public var includesThreshold = false
  /// Whether `total` is a limit of the suppression itself, which a user's wish can only lower.
  public var isTotalFinal = false
  /// Where suppression is class-agnostic, so many best classes of a kept box are detections of their own, whatever
  /// their scores; `total` counts boxes.
  public var classesPerBox = 1
  /// Whether, of equal scores of two classes, that of the later class is the one that stays below `total`.
  public var prefersLaterClass = false
  /// What the IoU threshold of a class is multiplied by after each kept box, as long as it is above a half.
  public var decay: Float = 1
  /// Whether a box whose edges are out of order overlaps nothing; else they are put in order.
  public var isInvertedBoxEmpty = false

  public init(
    clipping: Clipping, dropsEmptyBoxes: Bool, scoreThreshold: Float, iouThreshold: Float, candidatesPerClass: Int?,
    keptPerClass: Int?, total: Int?, isClassAgnostic: Bool = false
  ) {
    self.isClassAgnostic = isClassAgnostic
    (self.clipping, self.dropsEmptyBoxes, self.scoreThreshold) = (clipping, dropsEmptyBoxes, scoreThreshold)
    (self.iouThreshold, self.candidatesPerClass, self.keptPerClass) = (iouThreshold, candidatesPerClass, keptPerClass)
    self.total = total
  }
}
