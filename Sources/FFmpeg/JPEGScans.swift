/// What a JPEG picture tells of its completeness before it is decoded.
package enum JPEGScans {
  /// Whether scans of the picture in `bytes` are missing, or all of them with the end of its head.
  ///
  /// A decoder that is told to be strict says where a scan breaks off, but not which scans never came: it would show the
  /// planes of an older picture for them. An end marker alone says that all came of a progressive picture, or of one
  /// with a scan for each component. A picture of a single scan needs none: some recorders write no end markers, Avid's
  /// one now and then, and their pictures are whole. A thumbnail in a head that was cut short has its own scan and end,
  /// and would be taken for the picture; so no segment may be longer than what is there.
  ///
  /// What lies behind the end does not matter: fillings, other pictures, a film.
  package static func areMissing(in bytes: UnsafeRawBufferPointer) -> Bool {
    // Other beginnings, of dialects and of streams cut between two packets, are the decoder's to judge.
    guard bytes.count >= 2, unsafe bytes[0] == 0xFF, unsafe bytes[1] == 0xD8 else { return false }
    var (componentCount, scannedCount, isProgressive) = (0, 0, false)
    var index = 2
    while index + 1 < bytes.count {
      let marker = unsafe bytes[index + 1]
      // Where there is no marker the next one is looked for, as decoders do.
      guard unsafe bytes[index] == 0xFF, (0xC0...0xFE).contains(marker) else {
        index += 1
        continue
      }
      index += 2
      if marker == 0xD9, componentCount > 0 { return scannedCount < (isProgressive ? 1 : componentCount) }
      if (0xD0...0xD9).contains(marker) { continue }
      // From here on a segment, which says how long it is.
      guard index + 1 < bytes.count else { return true }
      let end = unsafe index + max(Int(bytes[index]) << 8 | Int(bytes[index + 1]), 2)
      guard end <= bytes.count else { return true }
      if (0xC0...0xC3).contains(marker), index + 7 < end {
        unsafe (componentCount, isProgressive) = (Int(bytes[index + 7]), marker == 0xC2)
      } else if marker == 0xDA, index + 2 < end {
        scannedCount += unsafe Int(bytes[index + 2])
        if !isProgressive, scannedCount >= componentCount { return false }
      }
      index = end
    }
    return true
  }
}
