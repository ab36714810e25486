#ifndef PREFETCH_H
#define PREFETCH_H

#include <stdint.h>

// Prefetches a cache line for writing, which invalidates it in other cores.
#if defined(__x86_64__)
#define WILL_WRITE(pointer) __asm__ volatile("prefetchw %0" : : "m"(*(pointer)))
#else
#define WILL_WRITE(pointer) __builtin_prefetch((pointer), 1)
#endif

/// Prefetches floats that will be changed.
static inline void prefetch_for_writing(const float *values, int64_t count) {
  for (int64_t i = 0; i < count; i += 16) WILL_WRITE(values + i);
}

#endif
