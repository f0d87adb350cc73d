public import Foundation

/// A baseline JPEG picture as libjpeg decodes it to the bit: what OpenCV, Pillow and TensorFlow read, and so what the
/// goldens were made from. Other decoders, FFmpeg's too, differ by up to three steps in some values.
///
/// The formulas are those of ITU-T T.81; the roundings are those of libjpeg's accurate whole-number transform and of its
/// triangular upsampling.
public struct JPEGPicture {
  /// In pixels.
  public private(set) var width = 0
  public private(set) var height = 0
  /// Red, green and blue of each pixel.
  public private(set) var pixels: [UInt8] = []

  /// Returns the picture in `file`, which is decoded once.
  public static func decoded(_ file: URL) throws -> JPEGPicture { try known.picture(file) }

  private static let known = Known()

  /// What was decoded.
  private final class Known: @unchecked Sendable {
    private let lock = NSLock()
    private var pictures: [URL: JPEGPicture] = [:]

    func picture(_ file: URL) throws -> JPEGPicture {
      try lock.withLock {
        if let picture = pictures[file] { return picture }
        let picture = try JPEGPicture(file)
        pictures[file] = picture
        return picture
      }
    }
  }

  /// A component of the picture: its sampling, tables, and decoded values.
  private struct Component {
    let id: UInt8
    let (across, down): (Int, Int)
    let quantization: Int
    var dc = 0
    var ac = 0
    /// Samples of whole blocks, row by row.
    var stride = 0
    var samples: [UInt8] = []
  }

  /// A Huffman table: for each length of a code the first code, and where its values begin.
  private struct Codes {
    var (first, count, start) = ([Int](), [Int](), [Int]())
    var values: [UInt8] = []
  }

  private var components: [Component] = []
  private var quantizations = [[Int]](repeating: [], count: 4)
  private var codes = [Codes](repeating: Codes(), count: 8)
  private var restart = 0

  /// - Throws: where `file` cannot be read or is no baseline picture of three components with 4:4:4 or 4:2:0.
  private init(_ file: URL) throws {
    let bytes = [UInt8](try Data(contentsOf: file))
    var at = 2
    while at + 4 <= bytes.count {
      guard bytes[at] == 0xFF else { throw CocoaError(.fileReadCorruptFile) }
      let (marker, length) = (bytes[at + 1], Int(bytes[at + 2]) << 8 | Int(bytes[at + 3]))
      let body = Array(bytes[at + 4..<at + 2 + length])
      at += 2 + length
      switch marker {
      case 0xDB: readQuantizations(body)
      case 0xC4: readCodes(body)
      case 0xC0: readFrame(body)
      case 0xC1...0xCF: throw CocoaError(.featureUnsupported)
      case 0xDD: restart = Int(body[0]) << 8 | Int(body[1])
      case 0xDA:
        readScanHeader(body)
        var bits = Bits(bytes, from: at)
        try decode(&bits)
        finish()
        return
      default: break
      }
    }
    throw CocoaError(.fileReadCorruptFile)
  }

  private mutating func readQuantizations(_ body: [UInt8]) {
    for start in stride(from: 0, to: body.count, by: 65) {
      var table = [Int](repeating: 0, count: 64)
      for index in 0..<64 { table[Self.zigzag[index]] = Int(body[start + 1 + index]) }
      quantizations[Int(body[start] & 3)] = table
    }
  }

  private mutating func readCodes(_ body: [UInt8]) {
    var at = 0
    while at < body.count {
      var table = Codes()
      var (code, start) = (0, 0)
      for length in 0..<16 {
        let count = Int(body[at + 1 + length])
        table.first.append(code)
        table.count.append(count)
        table.start.append(start)
        (code, start) = ((code + count) << 1, start + count)
      }
      table.values = Array(body[at + 17..<at + 17 + start])
      codes[Int(body[at] >> 4) * 4 + Int(body[at] & 3)] = table
      at += 17 + start
    }
  }

  private mutating func readFrame(_ body: [UInt8]) {
    (height, width) = (Int(body[1]) << 8 | Int(body[2]), Int(body[3]) << 8 | Int(body[4]))
    components = (0..<Int(body[5])).map {
      let part = body[(6 + 3 * $0)...].prefix(3)
      let sampling = part[part.startIndex + 1]
      return Component(
        id: part[part.startIndex], across: Int(sampling >> 4), down: Int(sampling & 15),
        quantization: Int(part[part.startIndex + 2] & 3))
    }
  }

  private mutating func readScanHeader(_ body: [UInt8]) {
    for index in 0..<Int(body[0]) {
      guard let place = components.firstIndex(where: { $0.id == body[1 + 2 * index] }) else { continue }
      let tables = body[2 + 2 * index]
      (components[place].dc, components[place].ac) = (Int(tables >> 4), 4 + Int(tables & 15))
    }
  }

  /// Decodes all blocks of a scan that has all components.
  private mutating func decode(_ bits: inout Bits) throws {
    guard components.count == 3, components[1].across == 1, components[1].down == 1, components[2].across == 1,
      components[2].down == 1, components[0].across == components[0].down, (1...2).contains(components[0].across)
    else { throw CocoaError(.featureUnsupported) }
    let side = 8 * components[0].across
    let (columns, rows) = ((width + side - 1) / side, (height + side - 1) / side)
    for index in components.indices {
      components[index].stride = columns * 8 * components[index].across
      components[index].samples = Array(
        repeating: 0, count: components[index].stride * rows * 8 * components[index].down)
    }
    var predictions = [0, 0, 0]
    for unit in 0..<rows * columns {
      if restart > 0, unit > 0, unit % restart == 0 {
        bits.skipMarker()
        predictions = [0, 0, 0]
      }
      for index in components.indices {
        for number in 0..<components[index].across * components[index].down {
          let (y, x) = number.quotientAndRemainder(dividingBy: components[index].across)
          let coefficients = try block(&bits, components[index], &predictions[index])
          let row = 8 * (unit / columns * components[index].down + y)
          let column = 8 * (unit % columns * components[index].across + x)
          Self.transform(
            coefficients, into: &components[index].samples, at: row * components[index].stride + column,
            stride: components[index].stride)
        }
      }
    }
  }

  /// Returns the next block's coefficients, with their factors.
  private func block(_ bits: inout Bits, _ component: Component, _ prediction: inout Int) throws -> [Int] {
    let factors = quantizations[component.quantization]
    var block = [Int](repeating: 0, count: 64)
    let size = Int(try bits.symbol(codes[component.dc]))
    prediction += bits.signed(size)
    block[0] = prediction * factors[0]
    var index = 1
    while index < 64 {
      let symbol = Int(try bits.symbol(codes[component.ac]))
      if symbol == 0 { break }
      index += symbol >> 4
      if symbol & 15 > 0, index < 64 {
        let place = Self.zigzag[index]
        block[place] = bits.signed(symbol & 15) * factors[place]
      }
      index += 1
    }
    return block
  }

  /// Puts colours together.
  private mutating func finish() {
    let luma = components[0]
    let (blue, red) = (chroma(components[1]), chroma(components[2]))
    func factor(_ value: Double) -> Int { Int(value * 65536 + 0.5) }
    let (r, g, h, b) = (factor(1.402), factor(0.71414), factor(0.34414), factor(1.772))
    pixels = Array(repeating: 0, count: 3 * width * height)
    for row in 0..<height {
      for column in 0..<width {
        let y = Int(luma.samples[row * luma.stride + column])
        let (u, v) = (blue[row * width + column] - 128, red[row * width + column] - 128)
        let at = 3 * (row * width + column)
        pixels[at] = UInt8(clamping: y + (r * v + 32768) >> 16)
        pixels[at + 1] = UInt8(clamping: y + (-h * u - g * v + 32768) >> 16)
        pixels[at + 2] = UInt8(clamping: y + (b * u + 32768) >> 16)
      }
    }
  }

  /// Returns a component's samples for every pixel: three parts of the nearer and one of the farther, on each axis.
  private func chroma(_ component: Component) -> [Int] {
    var result = [Int](repeating: 0, count: width * height)
    guard components[0].across == 2 else {
      for row in 0..<height {
        for column in 0..<width {
          result[row * width + column] = Int(component.samples[row * component.stride + column])
        }
      }
      return result
    }
    let (columns, rows) = ((width + 1) / 2, (height + 1) / 2)
    var sums = [Int](repeating: 0, count: columns)
    for row in 0..<height {
      let near = row / 2
      let far = min(max(row % 2 == 0 ? near - 1 : near + 1, 0), rows - 1)
      for column in 0..<columns {
        sums[column] =
          3 * Int(component.samples[near * component.stride + column])
          + Int(component.samples[far * component.stride + column])
      }
      for column in 0..<width {
        let (own, isLeft) = (column / 2, column % 2 == 0)
        let other = min(max(isLeft ? own - 1 : own + 1, 0), columns - 1)
        result[row * width + column] = (3 * sums[own] + sums[other] + (isLeft ? 8 : 7)) >> 4
      }
    }
    return result
  }

  /// The place in a block of each coefficient in a file.
  private static let zigzag: [Int] = {
    (0..<64).sorted { a, b in
      let (first, second) = (a / 8 + a % 8, b / 8 + b % 8)
      // Odd diagonals run downwards, even ones upwards.
      return first != second ? first < second : first % 2 == 1 ? a < b : a > b
    }
  }()

  /// Writes the samples of a block: an inverse cosine transform in whole numbers, columns first.
  private static func transform(_ block: [Int], into samples: inout [UInt8], at start: Int, stride: Int) {
    var middle = block
    for column in 0..<8 {
      let values = line(middle, column, 8)
      for row in 0..<8 { middle[8 * row + column] = (values[row] + 1 << 10) >> 11 }
    }
    for row in 0..<8 {
      let values = line(middle, 8 * row, 1)
      for column in 0..<8 {
        samples[start + row * stride + column] = UInt8(clamping: (values[column] + 1 << 17) >> 18 + 128)
      }
    }
  }

  /// Returns eight transformed values, times 2¹³, of those at `start`, `start + step` and so on (Loeffler, Ligtenberg
  /// and Moschytz, 1989).
  private static func line(_ block: [Int], _ start: Int, _ step: Int) -> [Int] {
    func value(_ index: Int) -> Int { block[start + index * step] }
    let turned = (value(2) + value(6)) * 4433
    let (even2, even3) = (turned - value(6) * 15137, turned + value(2) * 6270)
    let (even0, even1) = ((value(0) + value(4)) << 13, (value(0) - value(4)) << 13)
    let even = [even0 + even3, even1 + even2, even1 - even2, even0 - even3]
    let (a, b, c, d) = (value(7), value(5), value(3), value(1))
    let all = (a + c + b + d) * 9633
    let (ends, inner): (Int, Int) = ((a + d) * -7373, (b + c) * -20995)
    let (first, second): (Int, Int) = (all - (a + c) * 16069, all - (b + d) * 3196)
    let odd: [Int] = [
      d * 12299 + ends + second, c * 25172 + inner + first, b * 16819 + inner + second, a * 2446 + ends + first,
    ]
    var result = [Int](repeating: 0, count: 8)
    for index in 0..<4 {
      result[index] = even[index] + odd[index]
      result[7 - index] = even[index] - odd[index]
    }
    return result
  }

  /// The bits of a scan.
  private struct Bits {
    private let bytes: [UInt8]
    private var at: Int
    private var (held, count) = (0, 0)

    init(_ bytes: [UInt8], from start: Int) { (self.bytes, at) = (bytes, start) }

    /// Returns the next bit; 0 behind the end.
    mutating func bit() -> Int {
      if count == 0 {
        let byte = at < bytes.count ? bytes[at] : 0
        // A 0 is stuffed behind each byte of ones; else that begins a marker.
        at += byte == 0xFF ? 2 : 1
        (held, count) = (Int(byte), 8)
      }
      count -= 1
      return held >> count & 1
    }

    /// Returns a number of `size` bits whose first one tells its sign.
    mutating func signed(_ size: Int) -> Int {
      guard size > 0 else { return 0 }
      var value = 0
      for _ in 0..<size { value = value << 1 | bit() }
      return value < 1 << (size - 1) ? value - 1 << size + 1 : value
    }

    /// Returns the value of the next code.
    mutating func symbol(_ codes: Codes) throws -> UInt8 {
      var code = 0
      for length in codes.first.indices {
        code = code << 1 | bit()
        let place = code - codes.first[length]
        if place < codes.count[length], place >= 0 { return codes.values[codes.start[length] + place] }
      }
      throw CocoaError(.fileReadCorruptFile)
    }

    /// Goes on behind the marker that ends an interval.
    mutating func skipMarker() {
      count = 0
      while at + 1 < bytes.count, bytes[at] != 0xFF || !(0xD0...0xD7).contains(bytes[at + 1]) { at += 1 }
      at += 2
    }
  }
}
