package import KernelCalls
internal import KernelsBaseline

#if arch(x86_64)
  internal import KernelsAVX2
  internal import KernelsAVX512
#endif

/// The kernels of map operators that few networks have. All sets give the same bits.
package struct MapKernels: Sendable {
  package let maximum: @Sendable (borrowing Maximum) -> Void

  /// The plain versions.
  package static let reference = MapKernels(maximum: Reference.maximum)
}

extension KernelSet {
  /// The map kernels of this set's instructions.
  package var map: MapKernels {
    switch name {
    #if arch(x86_64)
      case "avx512": MapKernels(maximum: KernelsAVX512.maximum)
      case "avx2": MapKernels(maximum: KernelsAVX2.maximum)
    #endif
    case "baseline": MapKernels(maximum: KernelsBaseline.maximum)
    default: .reference
    }
  }
}

extension Reference {
  /// Takes the greatest value of each channel in windows along some rows.
  static func maximum(_ call: borrowing Maximum) {
    for column in 0..<call.outputWidth {
      for channel in call.panels.lowerBound * panelWidth..<call.panels.upperBound * panelWidth {
        var greatest = -Float.infinity
        for row in 0..<call.inputRows {
          for x in call.columns(of: column) {
            let value = call.input.address(pixel: row * call.inputWidth + x, channel: channel).pointee
            if value > greatest { greatest = value }
          }
        }
        call.output.address(pixel: column, channel: channel).pointee = greatest
      }
    }
  }
}
