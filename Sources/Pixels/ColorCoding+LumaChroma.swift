internal import KernelCalls

extension ColorCoding {
  /// The coding in numbers: ITU-R BT.601-7, BT.709-6 and BT.2020-2; limited range has 219 steps of luma above 16 and
  /// 224 of chroma, full range 255 of both.
  var lumaChroma: LumaChroma {
    let (redPart, bluePart) =
      switch matrix {
      case .bt601: (0.299, 0.114)
      case .bt709: (0.2126, 0.0722)
      case .bt2020: (0.2627, 0.0593)
      }
    return LumaChroma(
      redPart: redPart, bluePart: bluePart, black: isFullRange ? 0 : 16, lumaSpan: isFullRange ? 255 : 219,
      chromaSpan: isFullRange ? 255 : 224)
  }
}
