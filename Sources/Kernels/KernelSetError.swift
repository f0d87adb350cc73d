/// A kernel set that cannot be chosen.
package struct KernelSetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Why a set cannot be chosen.
  package enum Reason: Sendable {
    /// This build has no set of that name.
    case unknown
    /// The CPU lacks the instructions.
    case unsupported
  }

  /// The name that was asked for.
  package let name: String
  package let reason: Reason

  /// One line: the name, the reason, and what there is.
  package var description: String {
    switch reason {
    case .unknown:
      "instruction set \(name): unknown; there are \(KernelSet.all.map(\.name).joined(separator: ", "))"
    case .unsupported: "instruction set \(name): not offered by this CPU"
    }
  }
}
