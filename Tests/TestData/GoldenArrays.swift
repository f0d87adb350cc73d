public import Foundation

/// The arrays of a numpy `.npz` file.
public struct GoldenArrays {
  private let folder: URL

  /// Unpacks the archive into a folder of its own below `TestData.cache`, once.
  ///
  /// - Parameter name: the folder's name, for archives that share theirs with others; nil is the archive's.
  public init(npz: URL, named name: String? = nil) throws {
    let name = name ?? npz.lastPathComponent
    let target = TestData.cache.appending(path: "golden/\(name)")
    if !FileManager.default.fileExists(atPath: target.path) {
      let fresh = target.deletingLastPathComponent().appending(path: "\(name).\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: fresh, withIntermediateDirectories: true)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", "-m", "zipfile", "-e", npz.path, fresh.path]
      try process.run()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
      // Another test may have been first: then its folder stays.
      if rename(fresh.path, target.path) != 0 { try FileManager.default.removeItem(at: fresh) }
    }
    folder = target
  }

  /// Returns the float32 values of the array `name`, outermost extent first.
  public func floats(_ name: String) throws -> [Float] {
    let data = try content(name, "'<f4'")
    return data.count.isMultiple(of: 4)
      ? data.withUnsafeBytes { bytes in
        stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: Float.self) }
      } : []
  }

  /// Returns the values of the array `name`, whole numbers of 8 bits without a sign.
  public func bytes(_ name: String) throws -> [UInt8] { [UInt8](try content(name, "'|u1'")) }

  /// Returns the values of the array `name`, whole numbers of 8 bits with a sign.
  public func signedBytes(_ name: String) throws -> [Int8] { try content(name, "'|i1'").map { Int8(bitPattern: $0) } }

  /// Returns the bytes of an array whose values are of the type that numpy calls `type`.
  private func content(_ name: String, _ type: String) throws -> Data {
    let data = try Data(contentsOf: folder.appending(path: "\(name).npy"))
    // Magic (6 bytes), version (2), header length (2, little endian), header, values.
    guard data.count > 10, data[0] == 0x93, data[6] == 1 else { throw CocoaError(.fileReadCorruptFile) }
    let start = 10 + Int(data[8]) + Int(data[9]) << 8
    let header = String(decoding: data[10..<start], as: UTF8.self)
    guard header.contains(type), header.contains("'fortran_order': False") else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return data[start...]
  }
}
