#include "kernel.h"

INLINE void block_moments(const float *restrict x, int64_t rows, int64_t stride, int64_t width,
                          float *restrict mean, float *restrict m2) {
  float sum[COLUMN_BLOCK] = {0}, square[COLUMN_BLOCK] = {0}, center[COLUMN_BLOCK];
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < width; c++) sum[c] += x[r * stride + c];
  for (int64_t c = 0; c < width; c++) center[c] = sum[c] / (float)rows;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < width; c++) {
      float deviation = x[r * stride + c] - center[c];
      square[c] += deviation * deviation;
    }
  for (int64_t c = 0; c < width; c++) {
    mean[c] = center[c];
    m2[c] = square[c];
  }
}

MULTIVERSIONED
void KERNEL(column_moments)(const float *restrict x, int64_t rows, int64_t columns,
                            float *restrict mean, float *restrict m2) {
#define BODY(first, width) \
  block_moments(x + (first), rows, columns, width, mean + (first), m2 + (first))
  FOR_COLUMN_BLOCKS(columns, BODY);
#undef BODY
}

MULTIVERSIONED
void KERNEL(merge_moments)(float *restrict mean, float *restrict m2, float count,
                           const float *restrict other_mean, const float *restrict other_m2,
                           float other_count, int64_t columns) {
  float share = other_count / (count + other_count);
  float weight = count * share;
  for (int64_t c = 0; c < columns; c++) {
    float delta = other_mean[c] - mean[c];
    mean[c] += delta * share;
    m2[c] += other_m2[c] + delta * delta * weight;
  }
}

MULTIVERSIONED
void KERNEL(scale_shift)(const float *restrict x, const float *restrict scale,
                         const float *restrict shift, int64_t rows, int64_t columns,
                         float *restrict y) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++)
      y[r * columns + c] = x[r * columns + c] * scale[c] + shift[c];
}

INLINE void block_backward_sums(const float *restrict dy, const float *restrict x,
                                const float *restrict mean,
                                const float *restrict inverse_deviation, int64_t rows,
                                int64_t stride, int64_t width, float *restrict sum_dy,
                                float *restrict sum_dy_xhat) {
  float sum[COLUMN_BLOCK] = {0}, product[COLUMN_BLOCK] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < width; c++) {
      float gradient = dy[r * stride + c];
      sum[c] += gradient;
      product[c] += gradient * (x[r * stride + c] - mean[c]);
    }
  for (int64_t c = 0; c < width; c++) {
    sum_dy[c] = sum[c];
    sum_dy_xhat[c] = product[c] * inverse_deviation[c];
  }
}

MULTIVERSIONED
void KERNEL(batch_norm_backward_sums)(const float *restrict dy, const float *restrict x,
                                      const float *restrict mean,
                                      const float *restrict inverse_deviation, int64_t rows,
                                      int64_t columns, float *restrict sum_dy,
                                      float *restrict sum_dy_xhat) {
#define BODY(first, width)                                                                    \
  block_backward_sums(dy + (first), x + (first), mean + (first), inverse_deviation + (first), \
                      rows, columns, width, sum_dy + (first), sum_dy_xhat + (first))
  FOR_COLUMN_BLOCKS(columns, BODY);
#undef BODY
}

INLINE void block_rectified_backward_sums(float *restrict dy, const float *restrict y,
                                          float factor, const float *restrict x,
                                          const float *restrict mean,
                                          const float *restrict inverse_deviation, int64_t rows,
                                          int64_t stride, int64_t width, float *restrict sum_dy,
                                          float *restrict sum_dy_xhat) {
  float sum[COLUMN_BLOCK] = {0}, product[COLUMN_BLOCK] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < width; c++) {
      int64_t i = r * stride + c;
      float scaled = dy[i] * factor;
      float gradient = y[i] > 0 ? scaled : 0;
      dy[i] = gradient;
      sum[c] += gradient;
      product[c] += gradient * (x[i] - mean[c]);
    }
  for (int64_t c = 0; c < width; c++) {
    sum_dy[c] = sum[c];
    sum_dy_xhat[c] = product[c] * inverse_deviation[c];
  }
}

MULTIVERSIONED
void KERNEL(rectified_backward_sums)(float *restrict dy, const float *restrict y, float factor,
                                     const float *restrict x, const float *restrict mean,
                                     const float *restrict inverse_deviation, int64_t rows,
                                     int64_t columns, float *restrict sum_dy,
                                     float *restrict sum_dy_xhat) {
#define BODY(first, width)                                                                   \
  block_rectified_backward_sums(dy + (first), y + (first), factor, x + (first),              \
                                mean + (first), inverse_deviation + (first), rows, columns, \
                                width, sum_dy + (first), sum_dy_xhat + (first))
  FOR_COLUMN_BLOCKS(columns, BODY);
#undef BODY
}

MULTIVERSIONED
void KERNEL(batch_norm_backward)(float *restrict dy, const float *restrict x,
                                 const float *restrict mean, const float *restrict scale,
                                 const float *restrict mean_dy, const float *restrict slope,
                                 int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) {
      int64_t i = r * columns + c;
      dy[i] = scale[c] * (dy[i] - mean_dy[c] - (x[i] - mean[c]) * slope[c]);
    }
}
