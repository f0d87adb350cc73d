import Model
import ModelImport

/// Takes bytes for the index of a tensor bundle, and for each of its data files, and reads every tensor; takes them for
/// the graph of objects that a bundle may hold, too.
///
/// Checksums are not compared: damage would end at the first.
enum BundleReading {
  static func outcome(of bytes: UnsafeRawBufferPointer) -> Outcome {
    let file = MemoryFile(bytes)
    let path = file.path
    var outcome = Outcome.whole
    // One file can hardly be both: what comes of this one is not told.
    do { _ = try ObjectGraph(WireReader(bytes)) } catch { _ = Outcome.refused(because: error) }
    do {
      var bundle = try TensorBundle(index: ModelFile(path: path), isVerified: false) { _, _ throws(ImportError) in
        try ModelFile(opening: path)
      }
      for key in bundle.keys.sorted() {
        do { try bundle.check(key) } catch { outcome = .refused(because: error) }
      }
    } catch { return .refused(because: error) }
    return outcome
  }
}
