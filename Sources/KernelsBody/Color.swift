package import KernelCalls

/// Converts one row of a picture into packed pixels.
package func color(_ call: borrowing ColorRow) {
  guard let coding = call.picture.coding else { return pack(call) }
  mix(call)
  let mixture = Mixture(coding, isBlueFirst: call.isBlueFirst)
  let pixels = UnsafeMutableRawPointer(call.pixels)
  for place in stride(from: 0, to: 4 * call.picture.width, by: 4 * Lanes.scalarCount) {
    let channels = mixture.channels(of: pixels.loadUnaligned(fromByteOffset: place, as: Wholes.self))
    let packed = wholes(channels.first) | wholes(channels.second) &<< 8 | wholes(channels.third) &<< 16
    pixels.storeBytes(of: packed, toByteOffset: place, as: Wholes.self)
  }
}

/// Three channels of neighbouring pixels, 0 to 255 each.
struct Channels {
  var first: Lanes
  var second: Lanes
  var third: Lanes
}

/// A way to find the channels of words.
protocol PixelWords {
  func channels(of words: Wholes) -> Channels
}

/// Words that are packed pixels.
struct PackedPixels: PixelWords {
  @inline(__always)
  func channels(of words: Wholes) -> Channels {
    Channels(
      first: floats(words & 255), second: floats(words &>> 8 & 255), third: floats(words &>> 16 & 255))
  }
}

/// Words that `mix` has made, and the conversion of each as a sum of luma and chroma: `x · scale + offset`, and chroma
/// eight times its distance from 128, of which `own` is the one of the first channel and `other` that of the third.
///
/// Floats find the nearest byte but where a sum comes so near to a half that their errors count: less than 10⁻⁴, of
/// products up to 512 and their sums. Words with such a sum are converted once more in double precision, where no sum
/// that is not a half itself comes near enough to one to be rounded wrongly.
struct Mixture: PixelWords {
  /// Beyond this distance from the nearest byte a sum is near to a half.
  private let certain: Float = 0.5 - 0x1p-13
  /// The double-precision numbers: the offset has the half that makes truncation a rounding, and far less than the least
  /// distance of a sum from a half, so that a half itself is never missed.
  private let lumaScale: Double
  private let lumaOffset: Double
  private let firstFromOwn: Double
  private let secondFromOwn: Double
  private let secondFromOther: Double
  private let thirdFromOther: Double

  @inline(__always)
  init(_ coding: LumaChroma, isBlueFirst: Bool) {
    let (lumaUnit, chromaUnit) = (255 / coding.lumaSpan, 255 / coding.chromaSpan / 8)
    let (red, blue) = (2 * (1 - coding.redPart), 2 * (1 - coding.bluePart))
    let greenPart = 1 - coding.redPart - coding.bluePart
    let greenFromRed = -coding.redPart * red / greenPart * chromaUnit
    let greenFromBlue = -coding.bluePart * blue / greenPart * chromaUnit
    lumaScale = lumaUnit
    lumaOffset = 0.5 + 0x1p-40 - coding.black * lumaUnit
    (firstFromOwn, thirdFromOther) =
      isBlueFirst ? (blue * chromaUnit, red * chromaUnit) : (red * chromaUnit, blue * chromaUnit)
    (secondFromOwn, secondFromOther) = isBlueFirst ? (greenFromBlue, greenFromRed) : (greenFromRed, greenFromBlue)
  }

  @inline(__always)
  func channels(of words: Wholes) -> Channels {
    let (luma, own, other) = (words & 255, words &>> 21, (words &<< 13) &>> 21)
    var gray = Lanes(repeating: Float(lumaOffset - 0.5))
    addProduct(&gray, floats(luma), Lanes(repeating: Float(lumaScale)))
    let (ownDistance, otherDistance) = (floats(own), floats(other))
    var sums = Channels(first: gray, second: gray, third: gray)
    addProduct(&sums.first, ownDistance, Lanes(repeating: Float(firstFromOwn)))
    addProduct(&sums.second, ownDistance, Lanes(repeating: Float(secondFromOwn)))
    addProduct(&sums.second, otherDistance, Lanes(repeating: Float(secondFromOther)))
    addProduct(&sums.third, otherDistance, Lanes(repeating: Float(thirdFromOther)))

    var worst = Lanes.zero
    let nearest = Channels(
      first: nearest(sums.first, &worst), second: nearest(sums.second, &worst), third: nearest(sums.third, &worst))
    return exceeds(worst, certain) ? exact(luma, own, other) : nearest
  }

  /// Returns the bytes nearest to `sums`, and raises `worst` to the distances from them.
  @inline(__always)
  private func nearest(_ sums: Lanes, _ worst: inout Lanes) -> Lanes {
    let held = heldAsBytes(sums)
    // Floats of this size have no fractions.
    let nearest = (held + 0x1p23) - 0x1p23
    worst = furthest(worst, held - nearest)
    return nearest
  }

  /// Returns the channels, computed in double precision.
  @inline(never)
  private func exact(_ luma: Wholes, _ own: Wholes, _ other: Wholes) -> Channels {
    Channels(
      first: exactly(luma, lumaScale, lumaOffset, own, firstFromOwn, other, 0),
      second: exactly(luma, lumaScale, lumaOffset, own, secondFromOwn, other, secondFromOther),
      third: exactly(luma, lumaScale, lumaOffset, own, 0, other, thirdFromOther))
  }
}
