#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>

// A test compiles these files once more for each instruction set, with both macros of its own.
#ifndef KERNEL
#include "CKernels.h"
#define KERNEL(name) kernel_##name
// ThreadSanitizer's instrumented resolver would run before its runtime is ready.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer)
#define MULTIVERSIONED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSIONED
#endif
#endif

#define INLINE static inline __attribute__((always_inline))

// Fetches a cache line that is about to be written, and takes it from other cores.
#if defined(__x86_64__)
#define WILL_WRITE(pointer) __asm__ volatile("prefetchw %0" : : "m"(*(pointer)))
#else
#define WILL_WRITE(pointer) __builtin_prefetch((pointer), 1)
#endif

// Columns that are worked on together: their accumulators fit in registers.
enum { COLUMN_BLOCK = 64 };

// Calls body(first, width) for each block of columns; the width of a whole block is a constant,
// so that its loops unroll.
#define FOR_COLUMN_BLOCKS(columns, body)                                    \
  do {                                                                      \
    int64_t first_ = 0;                                                     \
    for (; first_ + COLUMN_BLOCK <= (columns); first_ += COLUMN_BLOCK)      \
      body(first_, COLUMN_BLOCK);                                           \
    if (first_ < (columns)) body(first_, (columns) - first_);               \
  } while (0)

#endif
