/// What a pickle of Python describes, as far as PyTorch's state dicts need it: plain values, containers and tensors.
///
/// Nothing is ever called: of what a pickle may name only a few constructors are known, and those are data here.
/// Containers stand in one list and refer to each other by their places, so that however deep they lie in each other, or
/// in themselves, nothing follows them by recursion.
package struct Pickle: Sendable {
  /// A value, or the place of one.
  package enum Value: Sendable, Equatable {
    case none
    case bool(Bool)
    case integer(Int)
    case number(Double)
    /// Where the bytes of a whole number of more than 64 bits lie, the lowest first.
    case long(Range<Int>)
    /// Where the UTF-8 of a text lies in the memory that was read.
    case text(Range<Int>)
    /// Something that may be named.
    case name(Name)
    /// A container, by its place in `containers`.
    case container(Int)
    /// By its place in `storages`.
    case storage(Int)
    /// By its place in `tensors`.
    case tensor(Int)
  }

  /// What a pickle may name.
  package enum Name: Sendable, Equatable {
    /// `collections.OrderedDict`.
    case orderedDictionary
    /// `torch._utils._rebuild_tensor_v2`.
    case tensor
    /// `torch._utils._rebuild_parameter`.
    case parameter
    /// `torch.FloatStorage` and the like.
    case storage(ScalarType)
  }

  /// What holds other values.
  package enum Container: Sendable {
    case tuple([Value])
    case list([Value])
    /// Keys and values in turn; one of two equal keys stands for itself.
    case dictionary([Value])
  }

  /// Values of one type, one behind the other, which lie elsewhere.
  package struct Storage: Sendable {
    /// What they are called there.
    package let key: String
    package let type: ScalarType
    /// How many there are under that key.
    package let count: Int
    /// Which of them these are.
    package let part: Range<Int>
  }

  /// A view of a storage as a tensor; nothing of it is checked but that the numbers are whole.
  package struct Tensor: Sendable {
    /// By its place in `storages`.
    package let storage: Int
    package let offset: Int
    package let extents: [Int]
    package let strides: [Int]
    /// Where in the pickle it is made.
    package let place: Int
  }

  /// What the pickle is.
  package internal(set) var top = Value.none
  package internal(set) var containers: [Container] = []
  package internal(set) var storages: [Storage] = []
  package internal(set) var tensors: [Tensor] = []
  /// Where the pickle ends.
  package internal(set) var end = 0

  /// The keys and values of a dictionary; nil where `value` is none.
  package func dictionary(_ value: Value) -> [(key: Value, value: Value)]? {
    guard case .container(let place) = value, case .dictionary(let items) = containers[place] else { return nil }
    return stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
  }

  /// The values of a tuple or of a list; nil where `value` is neither.
  package func sequence(_ value: Value) -> [Value]? {
    guard case .container(let place) = value else { return nil }
    switch containers[place] {
    case .tuple(let values), .list(let values): return values
    case .dictionary: return nil
    }
  }
}
