internal import Glibc
internal import Posix

/// The hash that `sha256sum` prints (FIPS 180-4), by which people tell one model's file from another.
package struct SHA256 {
  private var state: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]
  /// What is not yet a whole block.
  private var rest: [UInt8] = []
  private var count: UInt64 = 0
  private var words = [UInt32](repeating: 0, count: 64)

  /// The hash of nothing yet.
  package init() {}

  /// Returns the hash of the file at `path` in hexadecimal digits; nil for what is no file or cannot be read.
  package static func ofFile(_ path: String) -> String? {
    guard FileIdentity(path: path)?.kind == .regular,
      let file = try? Descriptor(opening: path, flags: O_RDONLY | O_NOCTTY | O_NONBLOCK)
    else { return nil }
    var hash = SHA256()
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = unsafe read(file.number, &bytes, bytes.count)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { return nil }
      if got == 0 { return hash.digits() }
      hash.add(bytes[..<got])
    }
  }

  /// Takes more bytes.
  package mutating func add(_ bytes: ArraySlice<UInt8>) {
    count += UInt64(bytes.count)
    rest += bytes
    var start = 0
    while rest.count - start >= 64 {
      take(start)
      start += 64
    }
    rest.removeFirst(start)
  }

  /// Returns the hash of all that was taken, in hexadecimal digits.
  package consuming func digits() -> String {
    let length = count * 8
    let zeros = (119 - Int(count % 64)) % 64
    add(([0x80] + [UInt8](repeating: 0, count: zeros))[...])
    add((0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }[...])
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// Mixes the block in that begins at `start` of `rest`.
  private mutating func take(_ start: Int) {
    for index in 0..<16 {
      words[index] = (0..<4).reduce(0) { $0 << 8 | UInt32(rest[start + 4 * index + $1]) }
    }
    for index in 16..<64 {
      let (early, late) = (words[index - 15], words[index - 2])
      words[index] =
        words[index - 16] &+ words[index - 7] &+ (turned(early, 7) ^ turned(early, 18) ^ early >> 3)
        &+ (turned(late, 17) ^ turned(late, 19) ^ late >> 10)
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let chosen = (e & f) ^ (~e & g)
      let most = (a & b) ^ (a & c) ^ (b & c)
      let one = h &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ chosen &+ Self.roots[index] &+ words[index]
      let two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ most
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ one, c, b, a, one &+ two)
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
  }

  /// Returns `word` turned right by so many bits.
  private func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }

  /// The first 32 bits of the fractions of the cube roots of the first 64 primes.
  private static let roots: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
  ]
}
