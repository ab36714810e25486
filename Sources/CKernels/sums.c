#include "kernel.h"

MULTIVERSIONED
void KERNEL(add)(float *restrict destination, const float *restrict source, int64_t count) {
  for (int64_t i = 0; i < count; i++) destination[i] += source[i];
}

INLINE void block_sums(const float *restrict x, int64_t rows, int64_t stride, int64_t width,
                       float *restrict sums) {
  float sum[COLUMN_BLOCK] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < width; c++) sum[c] += x[r * stride + c];
  for (int64_t c = 0; c < width; c++) sums[c] = sum[c];
}

MULTIVERSIONED
void KERNEL(column_sums)(const float *restrict x, int64_t rows, int64_t columns,
                         float *restrict sums) {
#define BODY(first, width) block_sums(x + (first), rows, columns, width, sums + (first))
  FOR_COLUMN_BLOCKS(columns, BODY);
#undef BODY
}

MULTIVERSIONED
void KERNEL(add_bias)(float *restrict x, const float *restrict bias, int64_t rows,
                      int64_t columns) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) x[r * columns + c] += bias[c];
}

// A block's columns are written while its rows are in the first-level cache.
MULTIVERSIONED
void KERNEL(transpose)(const float *restrict from, int64_t rows, int64_t columns,
                       float *restrict to, int64_t stride) {
  enum { BLOCK = 16 };
  for (int64_t r0 = 0; r0 < rows; r0 += BLOCK)
    for (int64_t c0 = 0; c0 < columns; c0 += BLOCK) {
      int64_t r1 = r0 + BLOCK < rows ? r0 + BLOCK : rows;
      int64_t c1 = c0 + BLOCK < columns ? c0 + BLOCK : columns;
      for (int64_t c = c0; c < c1; c++)
        for (int64_t r = r0; r < r1; r++) to[c * stride + r] = from[r * columns + c];
    }
}
