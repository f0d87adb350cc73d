internal import CLanes
internal import KernelCalls

/// Sums of 16 output channels.
typealias Sums = SIMD16<Int32>

/// One or two vectors of sums, or the weights of four input bytes for as many channels.
protocol ByteColumns {
  /// What makes bytes of the sums of each vector.
  associatedtype Endings
  static var count: Int { get }
  static func endings(_ product: borrowing ByteProduct, _ panel: Int) -> Endings
  /// Loads vectors that lie so many numbers of 32 bits apart.
  init(loading source: UnsafePointer<Int32>, _ stride: Int)
  mutating func add(_ input: Sums, times weights: Self)
  mutating func subtract(_ number: Int32)
  func store(to target: UnsafeMutablePointer<Int32>)
  /// Writes the bytes of one pixel, and raises `doubt`.
  func finish(_ endings: Endings, to target: UnsafeMutablePointer<UInt8>, _ doubt: inout ByteEnding.Doubt)
  /// Writes the bytes of four pixels, so many bytes apart, and raises `doubt`.
  static func finish(
    _ four: (Self, Self, Self, Self), _ endings: Endings, to target: UnsafeMutablePointer<UInt8>, _ stride: Int,
    _ doubt: inout ByteEnding.Doubt)
}

/// 16 output channels.
struct OneByteColumn: ByteColumns {
  var first: Sums

  @inline(__always) static var count: Int { 1 }
  @inline(__always) static func endings(_ product: borrowing ByteProduct, _ panel: Int) -> ByteEnding {
    ByteEnding(product.requantization, panel: panel, channels: product.channels)
  }
  @inline(__always) init(loading source: UnsafePointer<Int32>, _ stride: Int) { first = loadSums(source) }
  @inline(__always) mutating func add(_ input: Sums, times weights: Self) {
    first = add_bytes(first, input, weights.first)
  }
  @inline(__always) mutating func subtract(_ number: Int32) { first &-= Sums(repeating: number) }
  @inline(__always) func store(to target: UnsafeMutablePointer<Int32>) { storeSums(first, target) }
  @inline(__always)
  func finish(_ endings: ByteEnding, to target: UnsafeMutablePointer<UInt8>, _ doubt: inout ByteEnding.Doubt) {
    endings.store(first, to: target, &doubt)
  }
  @inline(__always)
  static func finish(
    _ four: (Self, Self, Self, Self), _ endings: ByteEnding, to target: UnsafeMutablePointer<UInt8>, _ stride: Int,
    _ doubt: inout ByteEnding.Doubt
  ) {
    endings.store((four.0.first, four.1.first, four.2.first, four.3.first), to: target, stride, &doubt)
  }
}

/// 32 output channels.
struct TwoByteColumns: ByteColumns {
  var first: Sums
  var second: Sums

  @inline(__always) static var count: Int { 2 }
  @inline(__always) static func endings(_ product: borrowing ByteProduct, _ panel: Int) -> (ByteEnding, ByteEnding) {
    (
      ByteEnding(product.requantization, panel: panel, channels: product.channels),
      ByteEnding(product.requantization, panel: panel + 1, channels: product.channels)
    )
  }
  @inline(__always) init(loading source: UnsafePointer<Int32>, _ stride: Int) {
    (first, second) = (loadSums(source), loadSums(source + stride))
  }
  @inline(__always) mutating func add(_ input: Sums, times weights: Self) {
    first = add_bytes(first, input, weights.first)
    second = add_bytes(second, input, weights.second)
  }
  @inline(__always) mutating func subtract(_ number: Int32) {
    first &-= Sums(repeating: number)
    second &-= Sums(repeating: number)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Int32>) {
    storeSums(first, target)
    storeSums(second, target + 16)
  }
  @inline(__always)
  func finish(
    _ endings: (ByteEnding, ByteEnding), to target: UnsafeMutablePointer<UInt8>, _ doubt: inout ByteEnding.Doubt
  ) {
    endings.0.store(first, to: target, &doubt)
    endings.1.store(second, to: target + 16, &doubt)
  }
  @inline(__always)
  static func finish(
    _ four: (Self, Self, Self, Self), _ endings: (ByteEnding, ByteEnding), to target: UnsafeMutablePointer<UInt8>,
    _ stride: Int, _ doubt: inout ByteEnding.Doubt
  ) {
    endings.0.store((four.0.first, four.1.first, four.2.first, four.3.first), to: target, stride, &doubt)
    endings.1.store((four.0.second, four.1.second, four.2.second, four.3.second), to: target + 16, stride, &doubt)
  }
}

@inline(__always) func loadSums(_ source: UnsafePointer<Int32>) -> Sums {
  UnsafeRawPointer(source).loadUnaligned(as: Sums.self)
}

@inline(__always) func storeSums(_ sums: Sums, _ target: UnsafeMutablePointer<Int32>) {
  UnsafeMutableRawPointer(target).storeBytes(of: sums, as: Sums.self)
}

/// The sums of a tile of pixels, as a type for each height: the optimiser takes nested structs apart into registers.
protocol ByteTile {
  associatedtype Row: ByteColumns
  static var height: Int { get }
  init(repeating row: Row)
  /// Adds the products of four bytes of each pixel at `input`.
  mutating func add(_ input: UnsafePointer<UInt8>, _ stride: Int, times weights: Row)
  /// Subtracts the product of `factor` and each pixel's number from its sums.
  mutating func subtract(_ numbers: UnsafePointer<Int32>, _ factor: Int32)
  func store(to target: UnsafeMutablePointer<Int32>)
  /// Writes the bytes of all pixels, so many bytes apart, and raises `doubt`.
  func finish(
    _ endings: Row.Endings, to target: UnsafeMutablePointer<UInt8>, _ stride: Int, _ doubt: inout ByteEnding.Doubt)
}

/// A tile of one pixel.
struct ByteTile1<Row: ByteColumns>: ByteTile {
  var row: Row

  @inline(__always) static var height: Int { 1 }
  @inline(__always) init(repeating row: Row) { self.row = row }
  @inline(__always) mutating func add(_ input: UnsafePointer<UInt8>, _ stride: Int, times weights: Row) {
    row.add(Sums(repeating: UnsafeRawPointer(input).loadUnaligned(as: Int32.self)), times: weights)
  }
  @inline(__always) mutating func subtract(_ numbers: UnsafePointer<Int32>, _ factor: Int32) {
    row.subtract(numbers[0] &* factor)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Int32>) { row.store(to: target) }
  @inline(__always)
  func finish(
    _ endings: Row.Endings, to target: UnsafeMutablePointer<UInt8>, _ stride: Int, _ doubt: inout ByteEnding.Doubt
  ) {
    row.finish(endings, to: target, &doubt)
  }
}

/// A tile of four pixels, whose bytes are made together.
struct ByteTile4<Row: ByteColumns>: ByteTile {
  var first: ByteTile1<Row>
  var second: ByteTile1<Row>
  var third: ByteTile1<Row>
  var fourth: ByteTile1<Row>

  @inline(__always) static var height: Int { 4 }
  @inline(__always) init(repeating row: Row) {
    (first, second) = (ByteTile1(repeating: row), ByteTile1(repeating: row))
    (third, fourth) = (first, second)
  }
  @inline(__always) mutating func add(_ input: UnsafePointer<UInt8>, _ stride: Int, times weights: Row) {
    first.add(input, stride, times: weights)
    second.add(input + stride, stride, times: weights)
    third.add(input + 2 * stride, stride, times: weights)
    fourth.add(input + 3 * stride, stride, times: weights)
  }
  @inline(__always) mutating func subtract(_ numbers: UnsafePointer<Int32>, _ factor: Int32) {
    first.subtract(numbers, factor)
    second.subtract(numbers + 1, factor)
    third.subtract(numbers + 2, factor)
    fourth.subtract(numbers + 3, factor)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Int32>) {
    first.store(to: target)
    second.store(to: target + Row.count * 16)
    third.store(to: target + Row.count * 32)
    fourth.store(to: target + Row.count * 48)
  }
  @inline(__always)
  func finish(
    _ endings: Row.Endings, to target: UnsafeMutablePointer<UInt8>, _ stride: Int, _ doubt: inout ByteEnding.Doubt
  ) {
    Row.finish((first.row, second.row, third.row, fourth.row), endings, to: target, stride, &doubt)
  }
}

/// Two tiles, one above the other.
struct ByteTwice<Half: ByteTile>: ByteTile {
  typealias Row = Half.Row
  var upper: Half
  var lower: Half

  @inline(__always) static var height: Int { 2 * Half.height }
  @inline(__always) init(repeating row: Row) { (upper, lower) = (Half(repeating: row), Half(repeating: row)) }
  @inline(__always) mutating func add(_ input: UnsafePointer<UInt8>, _ stride: Int, times weights: Row) {
    upper.add(input, stride, times: weights)
    lower.add(input + Half.height * stride, stride, times: weights)
  }
  @inline(__always) mutating func subtract(_ numbers: UnsafePointer<Int32>, _ factor: Int32) {
    upper.subtract(numbers, factor)
    lower.subtract(numbers + Half.height, factor)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Int32>) {
    upper.store(to: target)
    lower.store(to: target + Half.height * Row.count * 16)
  }
  @inline(__always)
  func finish(
    _ endings: Row.Endings, to target: UnsafeMutablePointer<UInt8>, _ stride: Int, _ doubt: inout ByteEnding.Doubt
  ) {
    upper.finish(endings, to: target, stride, &doubt)
    lower.finish(endings, to: target + Half.height * stride, stride, &doubt)
  }
}

typealias ByteTile8<Row: ByteColumns> = ByteTwice<ByteTile4<Row>>
typealias ByteTile16<Row: ByteColumns> = ByteTwice<ByteTile8<Row>>
