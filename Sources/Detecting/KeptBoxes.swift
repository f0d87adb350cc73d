internal import Model
internal import Scene

/// The boxes that survived suppression so far, class by class.
struct KeptBoxes {
  /// One kept box with its corners in order.
  private struct Kept {
    let corners: OrderedCorners
    /// The box of the same class that was kept before it; −1 for the first.
    let previous: Int
  }

  /// How the boxes of one class stand.
  private struct Group {
    /// The box kept last; −1 for none.
    var newest = -1
    var count = 0
    /// Candidates that were compared, whether they were kept or not.
    var entered = 0
    /// What the IoU threshold has been multiplied by.
    var patience: Float = 1
  }

  private let rules: Suppression
  private var boxes: [Kept] = []
  private var groups: [Group]

  /// - Parameter groups: the number of class columns.
  init(groups: Int, rules: Suppression) {
    self.groups = Array(repeating: Group(), count: groups)
    self.rules = rules
  }

  /// Forgets the picture; the memory stays.
  mutating func removeAll() {
    boxes.removeAll(keepingCapacity: true)
    for group in groups.indices { groups[group] = Group() }
  }

  /// Whether nothing more of a class can be kept.
  func isFull(_ group: Int) -> Bool {
    groups[group].count >= rules.keptPerClass ?? .max || groups[group].entered >= rules.candidatesPerClass ?? .max
  }

  /// Keeps `box` unless it overlaps a kept one of its class by more than the threshold; returns whether it did.
  ///
  /// - Precondition: boxes of a class come by falling score, and the class is not full.
  mutating func keep(_ box: Box, in group: Int) -> Bool {
    groups[group].entered += 1
    let corners = OrderedCorners(box, isInvertedEmpty: rules.isInvertedBoxEmpty)
    let threshold = rules.iouThreshold * groups[group].patience
    var index = groups[group].newest
    while index >= 0 {
      if corners.intersectionOverUnion(with: boxes[index].corners) > threshold { return false }
      index = boxes[index].previous
    }
    boxes.append(Kept(corners: corners, previous: groups[group].newest))
    groups[group].newest = boxes.count - 1
    groups[group].count += 1
    if rules.decay < 1, threshold > 0.5 { groups[group].patience *= rules.decay }
    return true
  }
}

/// A box whose corners are put in order, with its area: what TensorFlow's suppression compares, in float32.
struct OrderedCorners {
  private let yMin, xMin, yMax, xMax, area: Float

  /// The box with its edges in order on each axis; one that has them out of order is none where `isInvertedEmpty`.
  init(_ box: Box, isInvertedEmpty: Bool) {
    if isInvertedEmpty, box.yMax < box.yMin || box.xMax < box.xMin {
      (yMin, xMin, yMax, xMax, area) = (0, 0, 0, 0, 0)
      return
    }
    (yMin, yMax) = (min(box.yMin, box.yMax), max(box.yMin, box.yMax))
    (xMin, xMax) = (min(box.xMin, box.xMax), max(box.xMin, box.xMax))
    area = (yMax - yMin) * (xMax - xMin)
  }

  /// Returns the intersection over union; 0 where a box has no area, not a number where both are infinite.
  func intersectionOverUnion(with other: OrderedCorners) -> Float {
    if area <= 0 || other.area <= 0 { return 0 }
    let height = max(min(yMax, other.yMax) - max(yMin, other.yMin), 0)
    let width = max(min(xMax, other.xMax) - max(xMin, other.xMin), 0)
    let overlap = height * width
    return overlap / (area + other.area - overlap)
  }
}
