#include "kernel.h"

// 1/255 as a sum of two parts. A byte times the first part is exact, so the result is rounded once
// and equals the quotient for all 256 bytes, without a division.
static const float reciprocal_high = 0x1.01p-8f;
static const float reciprocal_low = (float)(1.0 / 255.0 - 0x1.01p-8);

enum { PREFETCHED_ROWS = 2 };

MULTIVERSIONED
void KERNEL(gather_images)(const uint8_t *restrict images, const uint32_t *restrict indices,
                           int64_t rows, int64_t pixels, float *restrict output) {
  for (int64_t r = 0; r < rows; r++) {
    const uint8_t *restrict image = images + (int64_t)indices[r] * pixels;
    // Rows are far apart in memory, so hardware prefetchers cannot predict the next one.
    if (r + PREFETCHED_ROWS < rows) {
      const uint8_t *next = images + (int64_t)indices[r + PREFETCHED_ROWS] * pixels;
      for (int64_t p = 0; p < pixels; p += 64) __builtin_prefetch(next + p);
    }
    float *restrict row = output + r * pixels;
    for (int64_t p = 0; p < pixels; p++) {
      float value = (float)image[p];
      row[p] = value * reciprocal_high + value * reciprocal_low;
    }
  }
}
