internal import Arguments
internal import Kernels

/// What stands outside the command line, for the help text and the manual page.
extension Options {
  static let environment = Program.Topic(
    "Environment",
    [
      ("STREAM_MODEL", "The model where --model is not given."),
      ("STREAM_ISA", "Forces kernels: \(KernelSet.all.map(\.name).joined(separator: ", "))."),
      ("XDG_DATA_HOME", "The user's data folder (default: ~/.local/share)."),
    ])

  static let files = Program.Topic(
    "Files",
    [
      (
        "MODELS/NAME/",
        "A model: its file and, where that names no classes, a labels.txt, labelmap.txt or *label_map.pbtxt."
      ),
      ("MODELS/NAME.tar.gz", "The same in an archive, which has the name of its file."),
      ("MODELS/", "In this order: " + ModelLibrary.folders(dataHome: "$XDG_DATA_HOME").joined(separator: ", ") + "."),
    ])

  static let exitStatuses = Program.Topic(
    "Exit status",
    [
      ("0", "Done, or asked to stop."),
      ("1", "Failed."),
      ("2", "Wrong usage."),
      ("128 + N", "Ended by a second signal N, half a second after the first or later."),
    ])
}
