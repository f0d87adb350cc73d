import Scene
import Testing
import Tracking

@Suite struct BoxFilterTests {
  /// The filter in four parts is the filter of seven states.
  @Test func equalsTheFilterOfSevenStates() throws {
    var steps = PixelRect(left: 100, top: 50, right: 140, bottom: 170)
    let first = try #require(MeasuredBox(steps))
    var filter = BoxFilter(first)
    var plain = PlainFilter([first.centerX, first.centerY, first.area, first.aspect])
    for frame in 1...40 {
      filter.predict()
      plain.predict()
      // Walks, grows, and hides in every third frame.
      steps.left += 3
      steps.right += 3.5 + Double(frame % 4)
      steps.top -= 1
      if frame % 3 != 0 {
        let box = try #require(MeasuredBox(steps))
        filter.correct(with: box)
        plain.correct(with: [box.centerX, box.centerY, box.area, box.aspect])
      }
      let (left, right) = (try #require(filter.rect), plain.rect)
      for edge in [\PixelRect.left, \.top, \.right, \.bottom] {
        #expect(abs(left[keyPath: edge] - right[keyPath: edge]) < 1e-6)
      }
    }
  }

  @Test func aShrinkingBoxNeverVanishes() throws {
    var filter = BoxFilter(try #require(MeasuredBox(PixelRect(left: 0, top: 0, right: 40, bottom: 40))))
    for size in [30.0, 20, 10, 4] {
      filter.predict()
      filter.correct(with: try #require(MeasuredBox(PixelRect(left: 0, top: 0, right: size, bottom: size))))
    }
    for _ in 0..<20 {
      filter.predict()
      #expect(try #require(filter.rect).area > 0)
    }
  }

  @Test func whatHasNoFiniteAreaIsNoBox() {
    let (nan, infinity) = (Double.nan, Double.infinity)
    for (left, top, right, bottom) in [
      (0.0, 0.0, 0.0, 5.0), (0, 0, 5, 0), (5, 5, 0, 0), (nan, 0, 5, 5), (0, 0, 5, nan), (0, 0, infinity, 5),
      (-infinity, 0, infinity, 5), (0, 0, 1e200, 1e200), (0, 0, 1e-200, 1e-200),
    ] {
      #expect(MeasuredBox(PixelRect(left: left, top: top, right: right, bottom: bottom)) == nil)
    }
  }
}

/// The Kalman filter of the paper with all its matrices, as a textbook writes it.
private struct PlainFilter {
  private var state: [Double]
  private var covariance = Matrix(diagonal: [10, 10, 10, 10, 1e4, 1e4, 1e4])
  private let transition: Matrix
  private let observation: Matrix
  private let processNoise = Matrix(diagonal: [1, 1, 1, 1, 0.01, 0.01, 1e-4])
  private let measurementNoise = [1.0, 1, 10, 10]

  init(_ measurement: [Double]) {
    state = measurement + [0, 0, 0]
    var transition = Matrix(diagonal: Array(repeating: 1, count: 7))
    for index in 0..<3 { transition[index, index + 4] = 1 }
    var observation = Matrix(rows: 4, columns: 7)
    for index in 0..<4 { observation[index, index] = 1 }
    (self.transition, self.observation) = (transition, observation)
  }

  var rect: PixelRect {
    let width = (state[2] * state[3]).squareRoot()
    let height = state[2] / width
    return PixelRect(
      left: state[0] - width / 2, top: state[1] - height / 2, right: state[0] + width / 2,
      bottom: state[1] + height / 2)
  }

  mutating func predict() {
    if state[2] + state[6] <= 0 { state[6] = 0 }
    state = (transition * Matrix(column: state)).values
    covariance = transition * covariance * transition.transposed + processNoise
  }

  /// Takes the four measured numbers in one by one: their noises are uncorrelated, so this equals the joint update.
  mutating func correct(with measurement: [Double]) {
    for (row, value) in measurement.enumerated() {
      let sensor = Matrix(rows: 1, columns: 7, values: (0..<7).map { observation[row, $0] })
      let total = (sensor * covariance * sensor.transposed)[0, 0] + measurementNoise[row]
      let gain = (covariance * sensor.transposed).values.map { $0 / total }
      let innovation = value - state[row]
      for index in state.indices { state[index] += gain[index] * innovation }
      var keep = Matrix(diagonal: Array(repeating: 1, count: 7))
      for index in 0..<7 { keep[index, row] -= gain[index] }
      covariance = keep * covariance
    }
  }
}

/// A plain matrix, row after row.
private struct Matrix {
  let rows: Int
  let columns: Int
  var values: [Double]

  init(rows: Int, columns: Int, values: [Double]? = nil) {
    (self.rows, self.columns) = (rows, columns)
    self.values = values ?? Array(repeating: 0, count: rows * columns)
  }

  init(diagonal: [Double]) {
    self.init(rows: diagonal.count, columns: diagonal.count)
    for (index, value) in diagonal.enumerated() { self[index, index] = value }
  }

  init(column: [Double]) { self.init(rows: column.count, columns: 1, values: column) }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows { for column in 0..<columns { result[column, row] = self[row, column] } }
    return result
  }

  static func * (left: Matrix, right: Matrix) -> Matrix {
    var result = Matrix(rows: left.rows, columns: right.columns)
    for row in 0..<left.rows {
      for column in 0..<right.columns {
        result[row, column] = (0..<left.columns).map { left[row, $0] * right[$0, column] }.reduce(0, +)
      }
    }
    return result
  }

  static func + (left: Matrix, right: Matrix) -> Matrix {
    Matrix(rows: left.rows, columns: left.columns, values: zip(left.values, right.values).map(+))
  }
}
