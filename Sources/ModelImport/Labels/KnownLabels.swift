package import Model
package import Scene

/// The names of the data sets that detectors are mostly trained on, for models that bring no label file.
package enum KnownLabels {
  /// Returns the labels of a model whose file names no classes, and the data set's name; nil where no data set fits.
  ///
  /// What decides is the number of classes, the background not counted, numbered from 1: 90 are COCO's categories (of
  /// which ten numbers were never used), 20 are Pascal VOC's. No other data set of these numbers is in common use.
  package static func labels(for head: DetectionHead) -> (labels: Labels, name: String)? {
    guard head.classNumbers.lowerBound == 1 else { return nil }
    return switch head.classNumbers.count {
    case coco.count: (labels(coco), "COCO")
    case voc.count: (labels(voc), "Pascal VOC")
    default: nil
    }
  }

  /// Numbers `names` from 1; an empty one names no class.
  private static func labels(_ names: [String]) -> Labels {
    Labels(Dictionary(uniqueKeysWithValues: names.enumerated().filter { !$1.isEmpty }.map { ($0 + 1, $1) }))
  }

  /// The categories of COCO (arXiv:1405.0312) by their number; empty where a number was left out of the data set.
  private static let coco = [
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "", "backpack", "umbrella", "", "", "handbag", "tie", "suitcase",
    "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard",
    "surfboard", "tennis racket", "bottle", "", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana",
    "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
    "potted plant", "bed", "", "dining table", "", "", "toilet", "", "tv", "laptop", "mouse", "remote", "keyboard",
    "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "", "book", "clock", "vase", "scissors",
    "teddy bear", "hair drier", "toothbrush",
  ]

  /// The classes of Pascal VOC in the order of their names, as its challenges number them.
  private static let voc = [
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog",
    "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
  ]
}
