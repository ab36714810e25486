#include "kernel.h"

MULTIVERSIONED
void KERNEL(rectify)(const float *restrict x, float *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = x[i] < 0 ? 0 : x[i];
}

MULTIVERSIONED
void KERNEL(rectify_backward)(float *restrict dy, const float *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) dy[i] = y[i] > 0 ? dy[i] : 0;
}

MULTIVERSIONED
void KERNEL(scale)(const float *restrict x, float *restrict y, float factor, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = x[i] * factor;
}

MULTIVERSIONED
void KERNEL(normalize_rectify)(const float *restrict x, const float *restrict scale,
                               const float *restrict shift, float factor, int64_t rows,
                               int64_t columns, float *restrict y) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) {
      float value = x[r * columns + c] * scale[c] + shift[c];
      y[r * columns + c] = (value < 0 ? 0 : value) * factor;
    }
}
