// Sums of products of 8-bit numbers and their exact scaling: integer instructions that Swift has no word for.
#pragma once
#include "CLanes.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef int ints16 __attribute__((ext_vector_type(16)));
typedef unsigned words16 __attribute__((ext_vector_type(16)));
typedef long long longs8 __attribute__((ext_vector_type(8)));
typedef unsigned char bytes16 __attribute__((ext_vector_type(16)));

#define BYTES static inline __attribute__((always_inline))

/// Adds to `sum`, in each lane, the two products of its halves as numbers of 16 bits.
///
/// By way of memory, which is none once all is inlined: functions of C may not hand each other vectors that are wider than
/// the processor's.
BYTES void sum_halves(ints16 *sum, const ints16 *left, const ints16 *right) {
#if defined(__AVX512VNNI__)
  *sum = (ints16)_mm512_dpwssd_epi32((__m512i)*sum, (__m512i)*left, (__m512i)*right);
#elif defined(__AVX512BW__)
  *sum += (ints16)_mm512_madd_epi16((__m512i)*left, (__m512i)*right);
#elif defined(__AVX2__)
  union { ints16 all; __m256i part[2]; } a = {*left}, b = {*right}, c;
  for (int i = 0; i < 2; i++) c.part[i] = _mm256_madd_epi16(a.part[i], b.part[i]);
  *sum += c.all;
#elif defined(__SSE2__)
  union { ints16 all; __m128i part[4]; } a = {*left}, b = {*right}, c;
  for (int i = 0; i < 4; i++) c.part[i] = _mm_madd_epi16(a.part[i], b.part[i]);
  *sum += c.all;
#else
  *sum += (*left << 16 >> 16) * (*right << 16 >> 16) + (*left >> 16) * (*right >> 16);
#endif
}

/// Returns `sum` and, in each lane, the two products of its halves as numbers of 16 bits.
BYTES ints16 add_halves(ints16 sum, ints16 left, ints16 right) {
  sum_halves(&sum, &left, &right);
  return sum;
}

/// Returns `sum` and, in each lane, the products of four unsigned bytes of `left` and four signed ones of `right`.
BYTES ints16 add_bytes(ints16 sum, ints16 left, ints16 right) {
#if defined(__AVX512VNNI__)
  return (ints16)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)left, (__m512i)right);
#else
  // Sums of two products of bytes do not fit 16 bits, so the bytes are made halves first: even ones, then odd ones.
  typedef short shorts32 __attribute__((ext_vector_type(32)));
  ints16 even = left & 0x00FF00FF, odd = (ints16)((words16)left >> 8) & 0x00FF00FF;
  ints16 evenWeights = (ints16)((shorts32)right << 8 >> 8), oddWeights = (ints16)((shorts32)right >> 8);
  sum_halves(&sum, &even, &evenWeights);
  sum_halves(&sum, &odd, &oddWeights);
  return sum;
#endif
}

/// Returns 16 bytes from `source` on, each in a lane.
BYTES ints16 widened(const unsigned char *source) {
  bytes16 bytes;
  __builtin_memcpy(&bytes, source, 16);
  return __builtin_convertvector(bytes, ints16);
}

/// Scales of 16 neighbouring channels: `(value << left) · mantissa` is rounded to whole numbers and then by a shift.
///
/// Lanes of 64 bits hold the even channels, then the odd ones: what is added before the shift, how far it goes, and the
/// bit of the sign that lets halves of negative numbers go down. Last what `scaled_nearly` reads: the whole factor, and
/// half of what the second rounding takes away, by which the first one moves a result away from zero.
struct scaling16 {
  ints16 left, mantissa;
  longs8 round[2], shift[2], sign[2];
  lanes16 factor, away;
};

/// Returns the `scaling16` of panel `index`, and what `scaled_nearly` reads of one.
BYTES const void *scaling_panel(const void *scaling, long index) { return (const struct scaling16 *)scaling + index; }
BYTES lanes16 scaling_factor(const void *panel) { return ((const struct scaling16 *)panel)->factor; }
BYTES lanes16 scaling_away(const void *panel) { return ((const struct scaling16 *)panel)->away; }

/// Returns `values` scaled by the `scaling16` at `panel`, to the bit as two roundings make them: by
/// `(product + 2³⁰) >> 31`, then by a shift whose halves go away from zero. Both are one shift of a sum of 64 bits.
BYTES ints16 scaled(ints16 values, const void *panel) {
  const struct scaling16 *scaling = panel;
#if defined(__AVX512F__)
  __m512i even = _mm512_sllv_epi32((__m512i)values, (__m512i)scaling->left), odd = _mm512_srli_epi64(even, 32);
  __m512i factors = (__m512i)scaling->mantissa;
  longs8 low = (longs8)_mm512_mul_epi32(even, factors) + scaling->round[0] - ((longs8)even & scaling->sign[0]);
  longs8 high = (longs8)_mm512_mul_epi32(odd, _mm512_srli_epi64(factors, 32)) + scaling->round[1] -
                ((longs8)odd & scaling->sign[1]);
  __m512i evenResults = _mm512_srav_epi64((__m512i)low, (__m512i)scaling->shift[0]);
  __m512i oddResults = _mm512_srav_epi64((__m512i)high, (__m512i)scaling->shift[1]);
  return (ints16)_mm512_mask_shuffle_epi32(evenResults, 0xAAAA, oddResults, (_MM_PERM_ENUM)0xA0);
#else
  longs8 wide = (longs8)(values << scaling->left), mantissas = (longs8)scaling->mantissa;
  longs8 even = wide << 32 >> 32, odd = wide >> 32;
  longs8 low = even * (mantissas << 32 >> 32) + scaling->round[0] - (wide & scaling->sign[0]);
  longs8 high = odd * (mantissas >> 32) + scaling->round[1] - (odd & scaling->sign[1]);
  low >>= scaling->shift[0];
  high >>= scaling->shift[1];
  return (ints16)((high << 32) | (low & 0xFFFFFFFF));
#endif
}

/// Writes the first `count` of 16 bytes.
BYTES void put_bytes(bytes16 bytes, unsigned char *target, long count) {
#if defined(__AVX512BW__) && defined(__AVX512VL__)
  _mm_mask_storeu_epi8(target, (__mmask16)(count < 16 ? (1 << count) - 1 : 0xFFFF), (__m128i)bytes);
#else
  if (count >= 16) {
    __builtin_memcpy(target, &bytes, 16);
    return;
  }
  unsigned long long part[2];
  __builtin_memcpy(part, &bytes, 16);
  if (count & 8) {
    __builtin_memcpy(target, part, 8);
    target += 8;
    part[0] = part[1];
  }
  if (count & 4) {
    __builtin_memcpy(target, part, 4);
    target += 4;
    part[0] >>= 32;
  }
  if (count & 2) {
    __builtin_memcpy(target, part, 2);
    target += 2;
    part[0] >>= 16;
  }
  if (count & 1) *target = (unsigned char)part[0];
#endif
}

/// Writes `values` + `zero`, held from `floor` to `ceiling` (0…255), as the first `count` of 16 bytes.
BYTES void put_held(const ints16 *values, int zero, int floor, int ceiling, unsigned char *target, long count) {
  // Held before the zero is added, so that no sum leaves 32 bits.
  ints16 held = *values < floor - zero ? floor - zero : *values;
  held = held > ceiling - zero ? ceiling - zero : held;
  put_bytes(__builtin_convertvector(held + zero, bytes16), target, count);
}

/// Does the same for a value.
BYTES void store_bytes(ints16 values, int zero, int floor, int ceiling, unsigned char *target, long count) {
  put_held(&values, zero, floor, ceiling, target, count);
}

/// How far from a whole number a result of `scaled_nearly` is what `scaled` says: 2⁻¹⁴ from a half.
///
/// A sum, a factor, what is added and the result are each right to 2⁻²⁴ of themselves as floats: for results up to 256
/// that is less than 2⁻¹⁴ together; those beyond are held in the range. A quotient's are less.
#define UNDOUBTED (0.5f - 0x1p-14f)
/// The same of `summed_nearly`, with operands up to 512 and the roundings to steps of 2⁻²⁰ that it leaves out: 2⁻¹¹.
#define UNDOUBTED_SUM (0.5f - 0x1p-11f)

/// Returns the whole numbers that are nearest to `values`, those beyond ±1024 perhaps held at it.
BYTES ints16 nearest(lanes16 values) {
#if defined(__AVX512F__)
  return (ints16)_mm512_cvtps_epi32((__m512)values);
#else
  // At 1.5 · 2²³ floats are whole numbers, whose last bits the sum's are.
  values = values > -1024 ? values : -1024;
  values = values < 1024 ? values : 1024;
  return (ints16)(values + 0x1.8p23f) - 0x4B400000;
#endif
}

/// Returns `doubt`, raised to the distances of `values` from `nearest`.
BYTES lanes16 raised(lanes16 doubt, lanes16 values) {
#if defined(__AVX512DQ__)
  // The greater of the absolute values.
  return (lanes16)_mm512_range_ps((__m512)doubt, _mm512_reduce_ps((__m512)values, 0), 0xB);
#else
  values = values > -1024 ? values : -1024;
  values = values < 1024 ? values : 1024;
  lanes16 rest = values - (values + 0x1.8p23f - 0x1.8p23f);
  lanes16 distance = (lanes16)((ints16)rest & 0x7FFFFFFF);
  return distance > doubt ? distance : doubt;
#endif
}

/// Returns `sums` scaled in floats: `nearest` is what `scaled` says where no distance from it is above `UNDOUBTED`.
///
/// Both roundings of `scaled` are one rounding of a product that is first moved away from zero.
BYTES lanes16 scaled_nearly(ints16 sums, lanes16 factor, lanes16 away) {
  lanes16 moved = (lanes16)((ints16)away | (sums & (int)0x80000000));
#if defined(__AVX512F__)
  return (lanes16)_mm512_fmadd_ps(_mm512_cvtepi32_ps((__m512i)sums), (__m512)factor, (__m512)moved);
#else
  return __builtin_convertvector(sums, lanes16) * factor + moved;
#endif
}

/// Returns `sums · factor + offset`: the same where what is negative is held at zero or above, however it is rounded.
BYTES lanes16 scaled_rising(ints16 sums, lanes16 factor, lanes16 offset) {
#if defined(__AVX512F__)
  return (lanes16)_mm512_fmadd_ps(_mm512_cvtepi32_ps((__m512i)sums), (__m512)factor, (__m512)offset);
#else
  return __builtin_convertvector(sums, lanes16) * factor + offset;
#endif
}

/// Returns `values · factor`, held from −1024 to 1024; what is no number is −1024.
BYTES lanes16 multiplied_nearly(lanes16 values, float factor) {
  lanes16 products = values * factor;
  products = products > -1024 ? products : -1024;
  return products < 1024 ? products : 1024;
}

/// Returns `left · leftFactor + right · rightFactor`.
BYTES lanes16 summed_nearly(ints16 left, ints16 right, float leftFactor, float rightFactor) {
  return __builtin_convertvector(left, lanes16) * leftFactor + __builtin_convertvector(right, lanes16) * rightFactor;
}

/// Whether a distance is above `UNDOUBTED` or `UNDOUBTED_SUM`.
BYTES _Bool is_scaling_in_doubt(lanes16 doubt) { return __builtin_reduce_or(doubt > UNDOUBTED) != 0; }
BYTES _Bool is_sum_in_doubt(lanes16 doubt) { return __builtin_reduce_or(doubt > UNDOUBTED_SUM) != 0; }

/// Writes what `store_bytes` does, of four pixels that are `pixel` bytes apart.
BYTES void store_four_bytes(ints16 first, ints16 second, ints16 third, ints16 fourth, int zero, int floor, int ceiling,
                            unsigned char *target, long pixel, long count) {
#if defined(__AVX512BW__) && defined(__AVX512VL__)
  __m512i zeros = _mm512_set1_epi16((short)zero);
  __m512i near = _mm512_adds_epi16(_mm512_packs_epi32((__m512i)first, (__m512i)second), zeros);
  __m512i far = _mm512_adds_epi16(_mm512_packs_epi32((__m512i)third, (__m512i)fourth), zeros);
  __m512i bytes = _mm512_max_epu8(_mm512_packus_epi16(near, far), _mm512_set1_epi8((char)floor));
  bytes = _mm512_min_epu8(bytes, _mm512_set1_epi8((char)ceiling));
  // Four channels of all pixels stand in each quarter.
  bytes = _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), bytes);
  // Opaque: the compiler would take the shuffle for four, one a store.
  __asm__("" : "+v"(bytes));
  __m128i parts[] = {_mm512_castsi512_si128(bytes), _mm512_extracti32x4_epi32(bytes, 1),
                     _mm512_extracti32x4_epi32(bytes, 2), _mm512_extracti32x4_epi32(bytes, 3)};
  if (count >= 16) {
    for (int i = 0; i < 4; i++) _mm_storeu_si128((__m128i_u *)(target + i * pixel), parts[i]);
  } else {
    for (int i = 0; i < 4; i++) put_bytes((bytes16)parts[i], target + i * pixel, count);
  }
#else
  put_held(&first, zero, floor, ceiling, target, count);
  put_held(&second, zero, floor, ceiling, target + pixel, count);
  put_held(&third, zero, floor, ceiling, target + 2 * pixel, count);
  put_held(&fourth, zero, floor, ceiling, target + 3 * pixel, count);
#endif
}

/// Returns 16 bytes each from `first` on and so many bytes further: of each of 16 channels all four.
BYTES ints16 four_rows(const unsigned char *first, long second, long third, long fourth) {
#if defined(__AVX512BW__)
  // Opaque here and below: the compiler would hold a dozen addresses, and take the two shuffles for four.
  __asm__("" : "+r"(first));
  __m512i all = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i_u *)first));
  all = _mm512_inserti32x4(all, _mm_loadu_si128((const __m128i_u *)(first + second)), 1);
  all = _mm512_inserti32x4(all, _mm_loadu_si128((const __m128i_u *)(first + third)), 2);
  all = _mm512_inserti32x4(all, _mm_loadu_si128((const __m128i_u *)(first + fourth)), 3);
  __asm__("" : "+v"(all));
  // Four channels of all rows into each quarter, then channel by channel within it.
  all = _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), all);
  __asm__("" : "+v"(all));
  __m512i order = _mm512_set4_epi32(0x0F0B0703, 0x0E0A0602, 0x0D090501, 0x0C080400);
  return (ints16)_mm512_shuffle_epi8(all, order);
#else
  ints16 all;
  for (int i = 0; i < 16; i++) {
    all[i] = first[i] | first[second + i] << 8 | first[third + i] << 16 | (int)((unsigned)first[fourth + i] << 24);
  }
  return all;
#endif
}

/// Returns the bits of each lane moved to the left.
BYTES ints16 shifted_left(ints16 lanes, int count) { return lanes << count; }

/// Returns the whole numbers nearest to `values`, halves away from zero, held from −1024 to 1024; what is no number is −1024.
BYTES ints16 rounded(lanes16 values) {
  values = values > -1024 ? values : -1024;
  values = values < 1024 ? values : 1024;
  ints16 whole = __builtin_convertvector(values, ints16);
  lanes16 rest = values - __builtin_convertvector(whole, lanes16);
  // A comparison that holds is −1.
  return whole - (rest >= 0.5f) + (rest <= -0.5f);
}
