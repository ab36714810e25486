#include "kernel.h"

enum { LANES = 16, GROUP = 4 * LANES };

// The words of one group of 64 units (kernel_declarations.inc defines the groups).
INLINE void group_words(uint32_t *restrict words, uint32_t group, uint32_t sample,
                        uint32_t purpose, uint32_t epoch, uint32_t key0, uint32_t key1) {
  // 32-bit words in 64-bit lanes, so that a product is one instruction for all lanes. The upper
  // halves are ignored.
  uint64_t x0[LANES], x1[LANES], x2[LANES], x3[LANES];
  for (int b = 0; b < LANES; b++) {
    x0[b] = group * LANES + (uint32_t)b;
    x1[b] = sample;
    x2[b] = purpose;
    x3[b] = epoch;
  }
  for (int round = 0; round < 10; round++) {
    for (int b = 0; b < LANES; b++) {
      uint64_t low = (x0[b] & 0xFFFFFFFFu) * 0xD2511F53u;
      uint64_t high = (x2[b] & 0xFFFFFFFFu) * 0xCD9E8D57u;
      x0[b] = (high >> 32) ^ x1[b] ^ key0;
      x2[b] = (low >> 32) ^ x3[b] ^ key1;
      x1[b] = high;
      x3[b] = low;
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  for (int b = 0; b < LANES; b++) {
    words[b] = (uint32_t)x0[b];
    words[LANES + b] = (uint32_t)x1[b];
    words[2 * LANES + b] = (uint32_t)x2[b];
    words[3 * LANES + b] = (uint32_t)x3[b];
  }
}

MULTIVERSIONED
void KERNEL(dropout_words)(uint32_t *restrict words, const uint32_t *restrict samples,
                           int64_t rows, int64_t columns, uint32_t purpose, uint32_t epoch,
                           uint32_t key0, uint32_t key1) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t first = 0; first < columns; first += GROUP) {
      uint32_t group[GROUP];
      group_words(group, (uint32_t)(first / GROUP), samples[r], purpose, epoch, key0, key1);
      int64_t width = columns - first < GROUP ? columns - first : GROUP;
      for (int64_t c = 0; c < width; c++) words[r * columns + first + c] = group[c];
    }
}

MULTIVERSIONED
void KERNEL(drop)(const float *x, float *y, float factor, uint32_t threshold,
                  const uint32_t *restrict samples, int64_t rows, int64_t columns,
                  uint32_t purpose, uint32_t epoch, uint32_t key0, uint32_t key1) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t first = 0; first < columns; first += GROUP) {
      uint32_t words[GROUP];
      group_words(words, (uint32_t)(first / GROUP), samples[r], purpose, epoch, key0, key1);
      int64_t width = columns - first < GROUP ? columns - first : GROUP;
      const float *from = x + r * columns + first;
      float *to = y + r * columns + first;
      for (int64_t c = 0; c < width; c++) {
        float kept = from[c] * factor;
        to[c] = words[c] >= threshold ? kept : 0;
      }
    }
}

INLINE void normalize_rectify_drop_group(const float *restrict x, const float *restrict scale,
                                         const float *restrict shift, float factor,
                                         uint32_t threshold, const uint32_t *restrict words,
                                         int64_t width, float *restrict y) {
  for (int64_t c = 0; c < width; c++) {
    float value = x[c] * scale[c] + shift[c];
    float kept = (value < 0 ? 0 : value) * factor;
    y[c] = words[c] >= threshold ? kept : 0;
  }
}

MULTIVERSIONED
void KERNEL(normalize_rectify_drop)(const float *restrict x, const float *restrict scale,
                                    const float *restrict shift, float factor, uint32_t threshold,
                                    const uint32_t *restrict samples, int64_t rows,
                                    int64_t columns, uint32_t purpose, uint32_t epoch,
                                    uint32_t key0, uint32_t key1, float *restrict y) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t first = 0; first < columns; first += GROUP) {
      uint32_t words[GROUP];
      group_words(words, (uint32_t)(first / GROUP), samples[r], purpose, epoch, key0, key1);
      int64_t i = r * columns + first, width = columns - first;
      if (width >= GROUP)
        normalize_rectify_drop_group(x + i, scale + first, shift + first, factor, threshold, words,
                                     GROUP, y + i);
      else
        normalize_rectify_drop_group(x + i, scale + first, shift + first, factor, threshold, words,
                                     width, y + i);
    }
}
