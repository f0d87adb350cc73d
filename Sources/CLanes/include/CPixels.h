// Pictures' bytes as lanes: conversions, which Swift makes lane by lane, and moves between lanes, for which it has no word.
#pragma once
#include "CLanes.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define PIXELS static inline __attribute__((always_inline))

// Makes whole vectors opaque: the compiler would compute in pieces what a shuffle takes apart or puts together.
#define OPAQUE4(vector)
#if defined(__AVX2__)
#define OPAQUE8(vector) __asm__("" : "+x"(vector))
#else
#define OPAQUE8(vector)
#endif
#if defined(__AVX512F__)
#define OPAQUE16(vector) __asm__("" : "+v"(vector))
#else
#define OPAQUE16(vector)
#endif

// For vectors of each width:
// `widened`: `count` bytes, each in a lane; `widened_pairs`: as many pairs of bytes.
// `floats`: the integers as floats; `wholes`: the floats' integer parts.
// `furthest`: the greater of `least` and the distance of `value` from 0.
// `exceeds`: whether a lane is greater than `limit`.
// `exact`: `y · scale + offset + (a · first + b · second)` in double precision, its integer part held in 0…255.
// `put_alternating`: writes a lane of `even`, one of `odd`, and so on.
#define PIXEL_LANES(count) \
  typedef unsigned char bytes##count __attribute__((ext_vector_type(count))); \
  typedef unsigned short shorts##count __attribute__((ext_vector_type(count))); \
  typedef int ints##count __attribute__((ext_vector_type(count))); \
  typedef double doubles##count __attribute__((ext_vector_type(count))); \
  PIXELS ints##count widened_bytes##count(const unsigned char *source) { \
    bytes##count bytes; \
    __builtin_memcpy(&bytes, source, count); \
    return __builtin_convertvector(bytes, ints##count); \
  } \
  PIXELS ints##count widened_pairs##count(const unsigned char *source) { \
    shorts##count pairs; \
    __builtin_memcpy(&pairs, source, 2 * count); \
    return __builtin_convertvector(pairs, ints##count); \
  } \
  PIXELS lanes##count floats##count(ints##count values) { return __builtin_convertvector(values, lanes##count); } \
  PIXELS ints##count wholes##count(lanes##count values) { return __builtin_convertvector(values, ints##count); } \
  PIXELS lanes##count furthest##count(lanes##count least, lanes##count value) { \
    lanes##count distance = (lanes##count)((ints##count)value & 0x7FFFFFFF); \
    return distance > least ? distance : least; \
  } \
  PIXELS _Bool exceeds##count(lanes##count values, float limit) { return __builtin_reduce_or(values > limit) != 0; } \
  PIXELS lanes##count exact##count(ints##count y, ints##count a, ints##count b, double scale, double offset, \
                                   double first, double second) { \
    doubles##count sum = __builtin_convertvector(y, doubles##count) * scale + offset; \
    sum += __builtin_convertvector(a, doubles##count) * first + __builtin_convertvector(b, doubles##count) * second; \
    ints##count whole = __builtin_convertvector(sum, ints##count); \
    whole = whole < 0 ? 0 : whole; \
    whole = whole > 255 ? 255 : whole; \
    return __builtin_convertvector(whole, lanes##count); \
  }
PIXEL_LANES(4)
PIXEL_LANES(8)
PIXEL_LANES(16)

PIXELS void put_alternating4(ints4 even, ints4 odd, unsigned *target) {
  ints8 both = __builtin_shufflevector(even, odd, 0, 4, 1, 5, 2, 6, 3, 7);
  __builtin_memcpy(target, &both, 32);
}

PIXELS void put_alternating8(ints8 even, ints8 odd, unsigned *target) {
  OPAQUE8(even);
  OPAQUE8(odd);
  ints8 near = __builtin_shufflevector(even, odd, 0, 8, 1, 9, 2, 10, 3, 11);
  ints8 far = __builtin_shufflevector(even, odd, 4, 12, 5, 13, 6, 14, 7, 15);
  __builtin_memcpy(target, &near, 32);
  __builtin_memcpy(target + 8, &far, 32);
}

PIXELS void put_alternating16(ints16 even, ints16 odd, unsigned *target) {
  OPAQUE16(even);
  OPAQUE16(odd);
  ints16 near = __builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  ints16 far = __builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  __builtin_memcpy(target, &near, 64);
  __builtin_memcpy(target + 16, &far, 64);
}

// `take_pairs`: takes the words at `places` of `words`, and those behind them.
PIXELS void take_pairs4(const unsigned *words, const int *places, void *low, void *high) {
  for (int lane = 0; lane < 4; lane++) {
    ((ints4 *)low)[0][lane] = (int)words[places[lane]];
    ((ints4 *)high)[0][lane] = (int)words[places[lane] + 1];
  }
}

PIXELS void take_pairs8(const unsigned *words, const int *places, void *low, void *high) {
#if defined(__AVX2__)
  const __m128i *four = (const __m128i *)places;
  ints8 near = (ints8)_mm256_i32gather_epi64((const long long *)words, _mm_loadu_si128(four), 4);
  ints8 far = (ints8)_mm256_i32gather_epi64((const long long *)words, _mm_loadu_si128(four + 1), 4);
  ints8 even = __builtin_shufflevector(near, far, 0, 2, 4, 6, 8, 10, 12, 14);
  ints8 odd = __builtin_shufflevector(near, far, 1, 3, 5, 7, 9, 11, 13, 15);
  OPAQUE8(even);
  OPAQUE8(odd);
  *(ints8 *)low = even;
  *(ints8 *)high = odd;
#endif
}

PIXELS void take_pairs16(const unsigned *words, const int *places, void *low, void *high) {
#if defined(__AVX512F__)
  const __m256i *eight = (const __m256i *)places;
  ints16 near = (ints16)_mm512_i32gather_epi64(_mm256_loadu_si256(eight), words, 4);
  ints16 far = (ints16)_mm512_i32gather_epi64(_mm256_loadu_si256(eight + 1), words, 4);
  ints16 even = __builtin_shufflevector(near, far, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  ints16 odd = __builtin_shufflevector(near, far, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  OPAQUE16(even);
  OPAQUE16(odd);
  *(ints16 *)low = even;
  *(ints16 *)high = odd;
#endif
}

// `put_triples`: writes a lane of `a`, one of `b`, one of `c`, and so on. Float `p` of the result is lane p/3 of one of the
// three: first a's and b's are put in their places, then c's among them.
#define OF_AB(p, count) ((p) % 3 == 0 ? (p) / 3 : (p) % 3 == 1 ? count + (p) / 3 : -1)
#define OR_C(p, count) ((p) % 3 == 2 ? count + (p) / 3 : (p) % count)
#define EACH4(of, p, count) of((p), count), of((p) + 1, count), of((p) + 2, count), of((p) + 3, count)
#define EACH8(of, p, count) EACH4(of, p, count), EACH4(of, (p) + 4, count)
#define EACH16(of, p, count) EACH8(of, p, count), EACH8(of, (p) + 8, count)
#define PUT_TRIPLES(count) \
  PIXELS void put_triples##count(lanes##count a, lanes##count b, lanes##count c, float *target) { \
    OPAQUE##count(a); \
    OPAQUE##count(b); \
    OPAQUE##count(c); \
    lanes##count first = __builtin_shufflevector(a, b, EACH##count(OF_AB, 0, count)); \
    lanes##count second = __builtin_shufflevector(a, b, EACH##count(OF_AB, count, count)); \
    lanes##count third = __builtin_shufflevector(a, b, EACH##count(OF_AB, 2 * count, count)); \
    first = __builtin_shufflevector(first, c, EACH##count(OR_C, 0, count)); \
    second = __builtin_shufflevector(second, c, EACH##count(OR_C, count, count)); \
    third = __builtin_shufflevector(third, c, EACH##count(OR_C, 2 * count, count)); \
    __builtin_memcpy(target, &first, sizeof first); \
    __builtin_memcpy(target + count, &second, sizeof second); \
    __builtin_memcpy(target + 2 * count, &third, sizeof third); \
  }
PUT_TRIPLES(4)
PUT_TRIPLES(8)
PUT_TRIPLES(16)
