/// The most vectors of sums that fit the registers, a power of two, and the most of each pixel.
let mostByteSums = 4
let widestByteTile = 1
/// Whether products of four bytes are one instruction.
let hasByteDots = false
