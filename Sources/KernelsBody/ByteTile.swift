internal import CLanes

/// Sums of 16 output channels.
typealias Sums = SIMD16<Int32>

/// One or two vectors of sums, or the weights of four input bytes for as many channels.
protocol ByteColumns {
  static var count: Int { get }
  /// Loads vectors that lie so many numbers of 32 bits apart.
  init(loading source: UnsafePointer<Int32>, _ stride: Int)
  mutating func add(_ input: Sums, times weights: Self)
  func store(to target: UnsafeMutablePointer<Int32>)
}

/// 16 output channels.
struct OneByteColumn: ByteColumns {
  var first: Sums

  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(loading source: UnsafePointer<Int32>, _ stride: Int) { first = loadSums(source) }
  @inline(__always) mutating func add(_ input: Sums, times weights: Self) {
    first = add_bytes(first, input, weights.first)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Int32>) { storeSums(first, target) }
}

/// 32 output channels.
struct TwoByteColumns: ByteColumns {
  var first: Sums
  var second: Sums

  @inline(__always) static var count: Int { 2 }
  @inline(__always) init(loading source: UnsafePointer<Int32>, _ stride: Int) {
    (first, second) = (loadSums(source), loadSums(source + stride))
  }
  @inline(__always) mutating func add(_ input: Sums, times weights: Self) {
    first = add_bytes(first, input, weights.first)
    second = add_bytes(second, input, weights.second)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Int32>) {
    storeSums(first, target)
    storeSums(second, target + 16)
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
  func store(to target: UnsafeMutablePointer<Int32>)
}

/// A tile of one pixel.
struct ByteTile1<Row: ByteColumns>: ByteTile {
  var row: Row

  @inline(__always) static var height: Int { 1 }
  @inline(__always) init(repeating row: Row) { self.row = row }
  @inline(__always) mutating func add(_ input: UnsafePointer<UInt8>, _ stride: Int, times weights: Row) {
    row.add(Sums(repeating: UnsafeRawPointer(input).loadUnaligned(as: Int32.self)), times: weights)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Int32>) { row.store(to: target) }
}

/// Two tiles, one above the other.
struct ByteStack<Upper: ByteTile, Lower: ByteTile>: ByteTile where Upper.Row == Lower.Row {
  typealias Row = Upper.Row
  var upper: Upper
  var lower: Lower

  @inline(__always) static var height: Int { Upper.height + Lower.height }
  @inline(__always) init(repeating row: Row) {
    (upper, lower) = (Upper(repeating: row), Lower(repeating: row))
  }
  @inline(__always) mutating func add(_ input: UnsafePointer<UInt8>, _ stride: Int, times weights: Row) {
    upper.add(input, stride, times: weights)
    lower.add(input + Upper.height * stride, stride, times: weights)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<Int32>) {
    upper.store(to: target)
    lower.store(to: target + Upper.height * Row.count * 16)
  }
}

typealias ByteTile2<Row: ByteColumns> = ByteStack<ByteTile1<Row>, ByteTile1<Row>>
typealias ByteTile3<Row: ByteColumns> = ByteStack<ByteTile2<Row>, ByteTile1<Row>>
typealias ByteTile4<Row: ByteColumns> = ByteStack<ByteTile2<Row>, ByteTile2<Row>>
typealias ByteTile5<Row: ByteColumns> = ByteStack<ByteTile4<Row>, ByteTile1<Row>>
typealias ByteTile6<Row: ByteColumns> = ByteStack<ByteTile4<Row>, ByteTile2<Row>>
typealias ByteTile7<Row: ByteColumns> = ByteStack<ByteTile4<Row>, ByteTile3<Row>>
typealias ByteTile8<Row: ByteColumns> = ByteStack<ByteTile4<Row>, ByteTile4<Row>>
typealias ByteTile9<Row: ByteColumns> = ByteStack<ByteTile8<Row>, ByteTile1<Row>>
typealias ByteTile10<Row: ByteColumns> = ByteStack<ByteTile8<Row>, ByteTile2<Row>>
typealias ByteTile11<Row: ByteColumns> = ByteStack<ByteTile8<Row>, ByteTile3<Row>>
typealias ByteTile12<Row: ByteColumns> = ByteStack<ByteTile8<Row>, ByteTile4<Row>>
typealias ByteTile13<Row: ByteColumns> = ByteStack<ByteTile8<Row>, ByteTile5<Row>>
typealias ByteTile14<Row: ByteColumns> = ByteStack<ByteTile8<Row>, ByteTile6<Row>>
