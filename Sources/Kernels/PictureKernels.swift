package import KernelCalls
internal import KernelsBaseline

#if arch(x86_64)
  internal import KernelsAVX2
  internal import KernelsAVX512
#endif

/// The kernels that turn a picture into the input of a network. All sets give the same bits.
package struct PictureKernels: Sendable {
  package let color: @Sendable (borrowing ColorRow) -> Void
  package let resample: @Sendable (borrowing RowResample) -> Void
  package let blend: @Sendable (borrowing RowBlend) -> Void

  /// The plain versions.
  package static let reference = PictureKernels(
    color: Reference.color, resample: Reference.resample, blend: Reference.blend)
}

extension KernelSet {
  /// The picture kernels of this set's instructions.
  package var picture: PictureKernels {
    switch name {
    #if arch(x86_64)
      case "avx512":
        PictureKernels(
          color: KernelsAVX512.color, resample: KernelsAVX512.resample, blend: KernelsAVX512.blend)
      case "avx2":
        PictureKernels(color: KernelsAVX2.color, resample: KernelsAVX2.resample, blend: KernelsAVX2.blend)
    #endif
    case "baseline":
      PictureKernels(color: KernelsBaseline.color, resample: KernelsBaseline.resample, blend: KernelsBaseline.blend)
    default: .reference
    }
  }
}
