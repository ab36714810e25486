#ifndef KERNEL_H
#define KERNEL_H

#include <string.h>

#include "CKernels.h"

#define INLINE static inline __attribute__((always_inline))

// The number of columns processed together: their accumulators fit in registers.
enum { COLUMN_BLOCK = 64 };

// Calls body(first, width) for each block of columns. The width of a full block is a constant, so
// that its loops unroll.
#define FOR_COLUMN_BLOCKS(columns, body)                                    \
  do {                                                                      \
    int64_t first_ = 0;                                                     \
    for (; first_ + COLUMN_BLOCK <= (columns); first_ += COLUMN_BLOCK)      \
      body(first_, COLUMN_BLOCK);                                           \
    if (first_ < (columns)) body(first_, (columns) - first_);               \
  } while (0)

#endif
