/// A map of another size: each value is made of the nearest ones, on each axis for itself.
public struct Resize: Sendable, Equatable {
  /// How many of the nearest values count.
  public enum Method: Sendable, Equatable {
    /// One.
    case nearest
    /// Two on each axis, weighted by their distance.
    case bilinear
  }

  /// Which place of the input a place of the output stands for.
  public enum Places: Sendable, Equatable {
    /// i · in/out.
    case corners
    /// (i + ½) · in/out − ½: the centres of pixels.
    case centers
    /// i · (in − 1)/(out − 1): the first and the last stay where they are.
    case ends
  }

  public var method: Method
  public var places: Places
  /// Rows and columns of the result.
  public var size: Extent

  public init(_ method: Method, _ places: Places, to size: Extent) {
    (self.method, self.places, self.size) = (method, places, size)
  }
}

extension Resize {
  /// What one output of an axis is made of: `low` · (1 − share) + `high` · share.
  package struct Tap: Sendable, Equatable {
    package let low: Int
    package let high: Int
    package let share: Float
  }

  /// Returns what each of `outputs` places of an axis is made of, in float32 as TensorFlow Lite's reference computes it.
  ///
  /// - Precondition: both numbers are positive.
  package func taps(of inputs: Int, to outputs: Int) -> [Tap] {
    let reachesEnds = places == .ends && outputs > 1
    let scale = reachesEnds ? Float(inputs - 1) / Float(outputs - 1) : Float(inputs) / Float(outputs)
    let last = inputs - 1
    return (0..<outputs).map { index in
      switch method {
      case .nearest:
        let place: Float = (Float(index) + (places == .centers ? 0.5 : 0)) * scale
        let near = min(Int(reachesEnds ? place.rounded(.toNearestOrAwayFromZero) : place.rounded(.down)), last)
        return Tap(low: near, high: near, share: 0)
      case .bilinear:
        let place: Float = places == .centers ? (Float(index) + 0.5) * scale - 0.5 : Float(index) * scale
        let low = max(Int(place.rounded(.down)), 0)
        return Tap(low: min(low, last), high: min(max(Int(place.rounded(.up)), 0), last), share: place - Float(low))
      }
    }
  }
}
