import Foundation
import StreamApp
import TestData
import Testing

/// The hash of FIPS 180-4, by its own examples, and where the program tells it.
@Suite struct SHA256Tests {
  private func digits(_ text: String, pieces size: Int) -> String {
    var hash = SHA256()
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) { hash.add(bytes[start..<min(start + size, bytes.count)]) }
    return hash.digits()
  }

  @Test(arguments: [1, 55, 64, 1 << 20]) func examplesOfTheStandard(size: Int) {
    for (text, expected) in [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ] { #expect(digits(text, pieces: size) == expected) }
  }

  /// `inspect` and the end of a run tell the same hash, that of `sha256sum`, also where the folder was named.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: TestData.model.path))) func theModelsFileIsTold() throws {
    let path = TestData.model.path
    let sum = try Ended(URL(filePath: "/usr/bin/env"), ["sha256sum", path]).output.prefix(64)
    let program = TestData.built("stream")
    for place in [path, TestData.model.deletingLastPathComponent().path] {
      let run = try Ended(program, ["--input", "testpattern:64x48@10:2:file", "--model", place, "--stats"])
      #expect(run.status == 0 && run.errors.contains("(\(path), sha256 \(sum)), fp32 on "), "\(run.errors)")
      let described = try Ended(program, ["inspect", place, "--json"])
      #expect(described.output.contains(#""sha256":"\#(sum)","#), "\(described.errors)")
    }
  }
}
