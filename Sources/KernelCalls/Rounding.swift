/// Moves each value that `affine` gives to the nearest one of a grid that holds 0: fake quantisation.
///
/// `floor((held − least) / step − zero + ½) · step`, where `held` is the value between the grid's ends; every
/// operation is rounded to float32, so that all sets agree bit for bit.
package struct Rounding {
  /// What comes first, and where from and to.
  package var affine: Affine
  /// The ends of the grid.
  package let ends: Clamp
  /// The distance of two neighbours.
  package let step: Float
  /// How many steps 0 lies above the least value; at most 65535.
  package let zero: Float

  package init(_ affine: Affine, least: Float, greatest: Float, step: Float, zero: Float) {
    (self.affine, ends) = (affine, Clamp(floor: least, ceiling: greatest))
    (self.step, self.zero) = (step, zero)
  }
}
