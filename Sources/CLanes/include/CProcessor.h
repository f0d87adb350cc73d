// What Swift cannot say of the processor: the spin-wait hint and the feature bits.
#pragma once
#include <stdbool.h>

/// Tells the core that this is a spin-wait loop.
static inline void spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

/// Whether CPU and kernel offer AVX2 and FMA.
static inline bool cpu_has_avx2(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

/// Whether CPU and kernel offer the AVX-512 of x86-64-v4.
static inline bool cpu_has_avx512(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

/// Whether CPU and kernel also offer AVX-512's dot products of bytes.
static inline bool cpu_has_vnni(void) {
#if defined(__x86_64__)
  return cpu_has_avx512() && __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}

/// Whether CPU and kernel also offer AVX-512's dot products of halves (bfloat16).
static inline bool cpu_has_bf16(void) {
#if defined(__x86_64__)
  return cpu_has_avx512() && __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}
