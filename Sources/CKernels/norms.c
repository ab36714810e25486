#include "kernel.h"

// Squares of floats are exact in double precision, and their sum cannot overflow.

MULTIVERSIONED
void KERNEL(sum_of_squares)(const float *restrict x, int64_t count, double *restrict sum) {
  enum { LANES = 16 };
  double lanes[LANES] = {0};
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int64_t l = 0; l < LANES; l++) {
      double value = x[i + l];
      lanes[l] += value * value;
    }
  for (int64_t l = 0; i + l < count; l++) {
    double value = x[i + l];
    lanes[l] += value * value;
  }
  for (int64_t half = LANES / 2; half > 0; half /= 2)
    for (int64_t l = 0; l < half; l++) lanes[l] += lanes[l + half];
  *sum = lanes[0];
}

INLINE void limit_block(float *restrict x, int64_t rows, int64_t stride, int64_t width,
                        double limit) {
  double sum[COLUMN_BLOCK] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < width; c++) {
      double value = x[r * stride + c];
      sum[c] += value * value;
    }
  float factor[COLUMN_BLOCK];
  int exceeds = 0;
  for (int64_t c = 0; c < width; c++) {
    double norm = __builtin_sqrt(sum[c]);
    factor[c] = norm > limit ? (float)(limit / norm) : 1.0f;
    exceeds |= norm > limit;
  }
  if (!exceeds) return;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < width; c++) x[r * stride + c] *= factor[c];
}

MULTIVERSIONED
void KERNEL(limit_column_norms)(float *restrict x, int64_t rows, int64_t columns, int64_t stride,
                                double limit) {
#define BODY(first, width) limit_block(x + (first), rows, stride, width, limit)
  FOR_COLUMN_BLOCKS(columns, BODY);
#undef BODY
}
