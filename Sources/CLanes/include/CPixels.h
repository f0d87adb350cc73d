// Conversions between vectors of bytes, integers and floats: Swift's are made lane by lane.
#pragma once
#include "CLanes.h"

typedef unsigned char bytes4 __attribute__((ext_vector_type(4)));
typedef short shorts8 __attribute__((ext_vector_type(8)));
typedef int ints8 __attribute__((ext_vector_type(8)));
typedef double doubles8 __attribute__((ext_vector_type(8)));
typedef unsigned long long words8 __attribute__((ext_vector_type(8)));

#define PIXELS static inline __attribute__((always_inline))

/// Returns the four bytes of `pixel`, the lowest first.
PIXELS lanes4 channels(unsigned pixel) {
  bytes4 bytes;
  __builtin_memcpy(&bytes, &pixel, 4);
  return __builtin_convertvector(bytes, lanes4);
}

PIXELS doubles8 doubles(shorts8 values) { return __builtin_convertvector(values, doubles8); }

/// Returns the integer parts, held in 0…255.
PIXELS ints8 bytes(doubles8 values) {
  ints8 whole = __builtin_convertvector(values, ints8);
  whole = whole < 0 ? 0 : whole;
  return whole > 255 ? 255 : whole;
}

/// Returns the pairs of `low` and `high`, each in the halves of one word.
PIXELS words8 pairs(ints8 low, ints8 high) {
  return __builtin_convertvector(low, words8) | __builtin_convertvector(high, words8) << 32;
}
