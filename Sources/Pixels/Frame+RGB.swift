internal import KernelCalls
package import Kernels

/// Returns the whole picture of `frame` as packed red, green and blue bytes, row after row without gaps.
///
/// - Throws: `PictureError` where the frame's size is out of range.
package func rgb24(of frame: borrowing Frame, kernels: KernelSet) throws(PictureError) -> [UInt8] {
  try PictureError.check(width: frame.width, height: frame.height)
  let workspace = Block<UInt8>(repeating: 0, count: ColorRow.workspaceCount(width: frame.width))
  let pixels = Block<UInt32>(repeating: 0, count: ColorRow.pixelCount(width: frame.width))
  let (picture, color) = (frame.picture, kernels.picture.color)
  var bytes: [UInt8] = []
  bytes.reserveCapacity(3 * frame.width * frame.height)
  for row in 0..<frame.height {
    unsafe color(ColorRow(picture, row: row, workspace: workspace.start, pixels: pixels.start))
    for x in 0..<frame.width {
      let pixel = unsafe pixels.start[x]
      bytes.append(UInt8(truncatingIfNeeded: pixel))
      bytes.append(UInt8(truncatingIfNeeded: pixel >> 8))
      bytes.append(UInt8(truncatingIfNeeded: pixel >> 16))
    }
  }
  return bytes
}
