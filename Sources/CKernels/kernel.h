#ifndef KERNEL_H
#define KERNEL_H

#include <string.h>

#include "CKernels.h"

#define INLINE static inline __attribute__((always_inline))

// A weight below 2^-100 becomes 0. One that decays without a gradient would otherwise shrink until its products with
// activations and gradients are too small for normal numbers, and some CPUs take a hundred times as long for arithmetic
// with those. NaN stays NaN.
INLINE float weight_or_zero(float x) { return __builtin_fabsf(x) < 0x1p-100f ? 0.0f : x; }

// The most columns processed together: their accumulators fit in registers.
enum { COLUMN_BLOCK = 64 };

// Calls body(first, width) for each block of columns. All widths but that of the last columns, less than 8, are
// constants, so that loops over them unroll and their accumulators are in registers.
#define FOR_COLUMN_BLOCKS(columns, body)                                \
  do {                                                                  \
    int64_t first_ = 0;                                                 \
    for (; first_ + COLUMN_BLOCK <= (columns); first_ += COLUMN_BLOCK)  \
      body(first_, COLUMN_BLOCK);                                       \
    COLUMN_BLOCK_OF(32, columns, body);                                 \
    COLUMN_BLOCK_OF(16, columns, body);                                 \
    COLUMN_BLOCK_OF(8, columns, body);                                  \
    if (first_ < (columns)) body(first_, (columns) - first_);           \
  } while (0)

#define COLUMN_BLOCK_OF(width, columns, body) \
  if (first_ + (width) <= (columns)) {        \
    body(first_, width);                      \
    first_ += (width);                        \
  }

// Calls body(width) with the number of columns, which is a constant for the usual numbers of an image's
// channels: what belongs to a column then stays in registers. The loop over the rows must have
// `#pragma clang loop vectorize(disable)`, or its vectors are rows.
#define WITH_COLUMNS(columns, body) \
  do {                              \
    switch (columns) {              \
      case 16:                      \
        body(16);                   \
        break;                      \
      case 32:                      \
        body(32);                   \
        break;                      \
      case 64:                      \
        body(64);                   \
        break;                      \
      case 128:                     \
        body(128);                  \
        break;                      \
      default:                      \
        body(columns);              \
    }                               \
  } while (0)

#endif
