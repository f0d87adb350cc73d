/// The most vectors of sums that fit the registers, a power of two, and the most of each pixel.
let mostByteSums = 16
let widestByteTile = 2
/// Whether products of four bytes are one instruction.
let hasByteDots = true
