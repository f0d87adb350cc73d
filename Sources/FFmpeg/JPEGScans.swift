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
    guard var markers = unsafe JPEGMarkers(of: bytes) else { return false }
    var (componentCount, scannedCount, isProgressive) = (0, 0, false)
    while let (marker, segment) = markers.next() {
      switch marker {
      case 0xC0...0xC3 where segment.count > 7:
        unsafe (componentCount, isProgressive) = (Int(bytes[segment.lowerBound + 7]), marker == 0xC2)
      case JPEGMarkers.scan where segment.count > 2:
        scannedCount += unsafe Int(bytes[segment.lowerBound + 2])
        if !isProgressive, scannedCount >= componentCount { return false }
      case JPEGMarkers.end where componentCount > 0: return scannedCount < (isProgressive ? 1 : componentCount)
      default: break
      }
    }
    return true
  }

  /// Whether the picture in `bytes` begins as one, and its end marker follows the start of its last scan.
  ///
  /// A picture that was cut short within its last block has whole scans to the decoder; this is for those whose maker is
  /// known to write end markers. Bytes after the end are allowed: many cameras fill up their buffers.
  package static func areEnded(in bytes: UnsafeRawBufferPointer) -> Bool {
    var index = bytes.count - 2
    while index >= 2 {
      // Within a scan 0xFF is followed by 0 or by a marker of its own, so neither pair is part of the picture.
      if unsafe bytes[index] == 0xFF {
        switch unsafe bytes[index + 1] {
        case JPEGMarkers.end: return unsafe hasScan(UnsafeRawBufferPointer(rebasing: bytes[..<index]))
        case JPEGMarkers.scan: return false
        default: break
        }
      }
      index -= 1
    }
    return false
  }

  /// Whether a scan starts in `bytes`, which begin as a picture; that of a thumbnail alone would be none of ours.
  private static func hasScan(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard var markers = unsafe JPEGMarkers(of: bytes) else { return false }
    while let (marker, _) = markers.next() { if marker == JPEGMarkers.scan { return true } }
    return false
  }
}
