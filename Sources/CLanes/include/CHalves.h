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

/// Returns 16 halves of a pixel and those of the next one, which lies behind it, as 16 pairs; the next one's are the first.
static inline __attribute__((always_inline)) lanes16 pairs_across(const void *pixel) {
  const __m512i order = _mm512_set_epi16(
    15, 31, 14, 30, 13, 29, 12, 28, 11, 27, 10, 26, 9, 25, 8, 24, 7, 23, 6, 22, 5, 21, 4, 20, 3, 19, 2, 18, 1, 17, 0, 16);
  return (lanes16)_mm512_permutexvar_epi16(order, _mm512_loadu_si512(pixel));
}

/// Returns 16 halves of a pixel as the second ones of pairs whose first are zero.
static inline __attribute__((always_inline)) lanes16 second_of_pairs(const void *pixel) {
  return (lanes16)_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)pixel)), 16);
}

/// Returns 32 halves, in pairs, each held between `floor`, zero or less than all numbers, and `ceiling`, a positive half.
///
/// The bits of positive halves are in their order as whole numbers, those of negative ones are less.
static inline __attribute__((always_inline)) lanes16 clamp_pairs(lanes16 pairs, lanes16 floor, lanes16 ceiling) {
  const __m512i least = _mm512_and_si512((__m512i)pairs_of(floor, floor), _mm512_set1_epi16((short)0x8000));
  const __m512i most = (__m512i)pairs_of(ceiling, ceiling);
  return (lanes16)_mm512_min_epi16(_mm512_max_epi16((__m512i)pairs, least), most);
}

/// Returns pairs of the second halves of `first` and of `second`.
static inline __attribute__((always_inline)) lanes16 pairs_of_seconds(lanes16 first, lanes16 second) {
  return (lanes16)((halves16)first >> 16 | ((halves16)second & 0xFFFF0000));
}
#endif
