import Pixels
import Testing

@Suite(.enabled(if: (try? Lettering()) != nil)) struct LetteringTests {
  private func lettering(size: Int = 14) throws -> Lettering {
    var lettering = try Lettering()
    lettering.use(size: size)
    return lettering
  }

  @Test(arguments: ["\u{10FFFD}", "\u{7}", "\n", "👩‍👩‍👧"], [5, 14, 60])
  func whatTheFontLacksIsOneBox(text: String, size: Int) throws {
    var lettering = try lettering(size: size)
    var pixels = [UInt8](repeating: 0, count: 100 * 100 * 3)
    pixels.withUnsafeMutableBufferPointer { bytes in
      var canvas = Canvas(width: 100, height: 100, rgb: bytes.baseAddress!)
      lettering.write(text, on: &canvas, x: 10, baseline: 80, inside: canvas.area, .white)
    }
    #expect(pixels.contains(255))
    let (one, missing) = (lettering.width(of: text), lettering.width(of: "\u{10FFFE}"))
    #expect(one == missing && one > 0)
  }

  @Test func marksAndTheInvisibleTakeNoRoom() throws {
    var lettering = try lettering()
    let plain = lettering.width(of: "ab")
    for text in ["a\u{200B}b", "\u{FEFF}ab", "a\u{FE0F}b", "a\u{16AF0}b"] {
      let width = lettering.width(of: text)
      #expect(width == plain, "\(text)")
    }
  }

  @Test func shortenedTextFitsAndIsAsLongAsCanBe() throws {
    var lettering = try lettering()
    let text = "a very long name of a class, höchst ungewöhnlich"
    let whole = lettering.width(of: text)
    for width in 0...whole + 5 {
      let short = lettering.shortened(text, toFit: width)
      let used = lettering.width(of: short)
      #expect(used <= width)
      guard width < whole else {
        #expect(short == text)
        continue
      }
      guard !short.isEmpty else {
        let least = lettering.width(of: "…")
        #expect(width < least)
        continue
      }
      #expect(short.last == "…" && text.hasPrefix(short.dropLast()))
      // The next word's first letter, at the widest, would have no room.
      let next = text.dropFirst(short.count - 1).prefix(2)
      let longer = lettering.width(of: String(short.dropLast() + next + "…"))
      #expect(longer > width, "\(short) in \(width)")
    }
  }
}
