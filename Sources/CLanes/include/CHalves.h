// Halves: floats cut to 16 bits, with the exponent of a float and eight bits of significand (bfloat16). Two neighbours are
// a pair, of the size of a float: the lower 16 bits are the first.
#pragma once
#include "CLanes.h"
#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

// The nearest half of each lane, of two the even one, as a float; what is below all normal numbers is zero, as it is to
// the instructions of AVX-512, and no number stays none. Then the halves of each pair as floats, and neighbours exchanged.
#define HALVES(count) \
  typedef unsigned halves##count __attribute__((ext_vector_type(count))); \
  static inline __attribute__((always_inline)) lanes##count rounded##count(lanes##count value) { \
    halves##count bits = (halves##count)value; \
    halves##count even = bits + 0x7FFF + (bits >> 16 & 1); \
    even = (bits & 0x7F800000) == 0 ? bits & 0x80000000 : even; \
    even = value != value ? bits | 0x00400000 : even; \
    return (lanes##count)(even & 0xFFFF0000); \
  } \
  static inline __attribute__((always_inline)) lanes##count first_halves##count(lanes##count pairs) { \
    return (lanes##count)((halves##count)pairs << 16); \
  } \
  static inline __attribute__((always_inline)) lanes##count second_halves##count(lanes##count pairs) { \
    return (lanes##count)((halves##count)pairs & 0xFFFF0000); \
  }
#define SWAPPED(count, ...) \
  static inline __attribute__((always_inline)) lanes##count swapped##count(lanes##count value) { \
    return __builtin_shufflevector(value, value, __VA_ARGS__); \
  }
HALVES(4)
HALVES(8)
HALVES(16)
SWAPPED(4, 1, 0, 3, 2)
SWAPPED(8, 1, 0, 3, 2, 5, 4, 7, 6)
SWAPPED(16, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)

#if defined(__AVX512BF16__)
/// Returns the 32 floats of `first` and `second`, rounded as `rounded16` does, as 16 pairs.
static inline __attribute__((always_inline)) lanes16 pairs_of(lanes16 first, lanes16 second) {
  return (lanes16)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
}

/// Returns `sum` and the two products of each lane's pairs.
///
/// The second halves' product is added first, each sum is rounded as by a fused multiply-add, and sums below all normal
/// numbers are zero.
static inline __attribute__((always_inline)) lanes16 add_pairs(lanes16 sum, lanes16 left, lanes16 right) {
  return (lanes16)_mm512_dpbf16_ps((__m512)sum, (__m512bh)left, (__m512bh)right);
}
#endif
