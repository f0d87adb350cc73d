internal import KernelCalls

extension Frame {
  /// The frame as kernels see it, valid as long as the frame is held.
  ///
  /// - Precondition: the frame has the planes that its format says.
  var picture: Picture {
    /// Returns the component that begins at byte `offset` of `plane`.
    func component(_ plane: Plane?, offset: Int = 0, step: Int = 1) -> Component {
      guard let plane else { preconditionFailure("A \(format) frame has more planes.") }
      let start = unsafe (plane.start + offset).assumingMemoryBound(to: UInt8.self)
      return unsafe Component(start, rowStride: plane.stride, step: step)
    }
    let (first, second, third) = planes
    let components =
      switch format {
      case .yuv420p: (component(first), component(second), component(third))
      case .nv12: (component(first), component(second, step: 2), component(second, offset: 1, step: 2))
      case .yuyv:
        (component(first, step: 2), component(first, offset: 1, step: 4), component(first, offset: 3, step: 4))
      case .uyvy:
        (component(first, offset: 1, step: 2), component(first, step: 4), component(first, offset: 2, step: 4))
      case .rgb24:
        (component(first, step: 3), component(first, offset: 1, step: 3), component(first, offset: 2, step: 3))
      case .bgr24:
        (component(first, offset: 2, step: 3), component(first, offset: 1, step: 3), component(first, step: 3))
      case .gray8: (component(first), component(first), component(first))
      }
    let isLumaChroma =
      switch format {
      case .yuv420p, .nv12, .yuyv, .uyvy: true
      case .rgb24, .bgr24, .gray8: false
      }
    return Picture(
      width: width, height: height, components: components, coding: isLumaChroma ? coding.lumaChroma : nil,
      hasHalvedRows: format == .yuv420p || format == .nv12)
  }
}
