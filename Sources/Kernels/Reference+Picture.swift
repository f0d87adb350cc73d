internal import KernelCalls

extension Reference {
  /// Converts one row by the formula: chroma bilinear at (x/2 − 1/4, y/2 − 1/2), clamped to the picture; then the
  /// equations of ITU-R BT.601/709/2020; rounded per channel, halves up.
  static func color(_ call: borrowing ColorRow) {
    let (first, second, third) = call.picture.components
    for x in 0..<call.picture.width {
      guard let coding = call.picture.coding else {
        let (red, green, blue) = (first[x, call.row], second[x, call.row], third[x, call.row])
        call.pixels[x] = call.isBlueFirst ? packed(blue, green, red) : packed(red, green, blue)
        continue
      }
      let size = (
        (call.picture.width + 1) / 2, call.picture.hasHalvedRows ? (call.picture.height + 1) / 2 : call.picture.height
      )
      let column = Double(x) / 2 - 0.25
      let row = call.picture.hasHalvedRows ? Double(call.row) / 2 - 0.5 : Double(call.row)
      let luma = (Double(first[x, call.row]) - coding.black) / coding.lumaSpan
      let blueness = (second.bilinear(column, row, size) - 128) / coding.chromaSpan
      let redness = (third.bilinear(column, row, size) - 128) / coding.chromaSpan

      let red = luma + 2 * (1 - coding.redPart) * redness
      let blue = luma + 2 * (1 - coding.bluePart) * blueness
      let green = (luma - coding.redPart * red - coding.bluePart * blue) / (1 - coding.redPart - coding.bluePart)
      call.pixels[x] =
        call.isBlueFirst
        ? packed(byte(blue), byte(green), byte(red)) : packed(byte(red), byte(green), byte(blue))
    }
  }

  /// Converts one row and resizes it along x.
  static func resample(_ call: borrowing RowResample) {
    color(call.row)
    for x in 0..<call.width {
      let low = Int(call.places[x])
      let high = min(low + 1, call.row.picture.width - 1)
      for channel in 0..<3 {
        let left = Float(call.row.pixels[low] >> (8 * channel) & 255) * call.scale + call.offset
        let right = Float(call.row.pixels[high] >> (8 * channel) & 255) * call.scale + call.offset
        call.output[channel * call.width + x] = left + (right - left) * call.weights[x]
      }
    }
  }

  /// Blends two rows of planes and packs them.
  static func blend(_ call: borrowing RowBlend) {
    for x in 0..<call.width {
      for channel in 0..<3 {
        let place = channel * call.planeStride + x
        let value = call.upper[place] + (call.lower[place] - call.upper[place]) * call.weight
        call.output[3 * x + channel] = value * call.scale + call.offset
      }
    }
  }
}

extension Component {
  fileprivate subscript(x: Int, y: Int) -> UInt8 { start[y * rowStride + x * step] }

  /// Returns the value between the four samples around (x, y), both clamped to a component of `size`.
  fileprivate func bilinear(_ x: Double, _ y: Double, _ size: (width: Int, height: Int)) -> Double {
    let (x, y) = (min(max(x, 0), Double(size.width - 1)), min(max(y, 0), Double(size.height - 1)))
    let (left, top) = (Int(x), Int(y))
    let (right, bottom) = (min(left + 1, size.width - 1), min(top + 1, size.height - 1))
    let (alongX, alongY) = (x - Double(left), y - Double(top))
    let upper = Double(self[left, top]) * (1 - alongX) + Double(self[right, top]) * alongX
    let lower = Double(self[left, bottom]) * (1 - alongX) + Double(self[right, bottom]) * alongX
    return upper * (1 - alongY) + lower * alongY
  }
}

/// Returns the byte nearest to `value` of 0…1, of two the upper.
///
/// Halves may come out of the arithmetic a hair too low; the addend raises them, and is less than the way of any other
/// sum to its half (at least 10⁻¹⁰, by trial of all luma and chroma in the six codings).
private func byte(_ value: Double) -> UInt8 { UInt8(min(max((value * 255 + 0x1p-40).rounded(), 0), 255)) }

/// Returns a packed pixel.
private func packed(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
  UInt32(first) | UInt32(second) << 8 | UInt32(third) << 16
}
