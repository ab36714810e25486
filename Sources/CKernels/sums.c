#include "kernel.h"

MULTIVERSIONED
void KERNEL(add)(float *restrict destination, const float *restrict source, int64_t count) {
  for (int64_t i = 0; i < count; i++) destination[i] += source[i];
}

MULTIVERSIONED
void KERNEL(sum)(const float *restrict a, const float *restrict b, int64_t count,
                 float *restrict y) {
  for (int64_t i = 0; i < count; i++) y[i] = a[i] + b[i];
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

enum { BLOCK = 16 };
typedef float lanes __attribute__((vector_size(BLOCK * sizeof(float))));

// Transposes a square by interleaving the first half of the rows with the second half, log2(rows)
// times.
INLINE void transpose_block(const float *restrict from, int64_t columns, float *restrict to,
                            int64_t stride) {
  lanes x[BLOCK], y[BLOCK];
  for (int i = 0; i < BLOCK; i++) __builtin_memcpy(&x[i], from + i * columns, sizeof(lanes));
#define INTERLEAVE(in, out)                                                                \
  for (int i = 0; i < BLOCK / 2; i++) {                                                    \
    out[2 * i] = __builtin_shufflevector(in[i], in[i + BLOCK / 2], 0, 16, 1, 17, 2, 18, 3, \
                                         19, 4, 20, 5, 21, 6, 22, 7, 23);                  \
    out[2 * i + 1] = __builtin_shufflevector(in[i], in[i + BLOCK / 2], 8, 24, 9, 25, 10,   \
                                             26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);  \
  }
  INTERLEAVE(x, y);
  INTERLEAVE(y, x);
  INTERLEAVE(x, y);
  INTERLEAVE(y, x);
#undef INTERLEAVE
  for (int i = 0; i < BLOCK; i++) __builtin_memcpy(to + i * stride, &x[i], sizeof(lanes));
}

MULTIVERSIONED
void KERNEL(transpose)(const float *restrict from, int64_t rows, int64_t columns,
                       float *restrict to, int64_t stride) {
  for (int64_t r0 = 0; r0 < rows; r0 += BLOCK)
    for (int64_t c0 = 0; c0 < columns; c0 += BLOCK) {
      if (r0 + BLOCK <= rows && c0 + BLOCK <= columns) {
        transpose_block(from + r0 * columns + c0, columns, to + c0 * stride + r0, stride);
        continue;
      }
      for (int64_t c = c0; c < columns && c < c0 + BLOCK; c++)
        for (int64_t r = r0; r < rows && r < r0 + BLOCK; r++)
          to[c * stride + r] = from[r * columns + c];
    }
}
