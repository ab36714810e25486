#include "kernel.h"

#include <string.h>

enum { MAXIMUM_CLASSES = 256 };

// exp for x <= 0, within 2 units in the last place; e^-87 for x below -87. The project's own, since
// the result of libm's exp, to the last bit, depends on the machine.
// Cody and Waite's reduction to x = n ln 2 + r, then the Taylor polynomial of e^r.
INLINE float exponential(float x) {
  float bounded = x < -87.0f ? -87.0f : x;
  float shifted = bounded * 0x1.715476p+0f + 0x1.8p23f;  // rounds to an integer in the low bits
  float n = shifted - 0x1.8p23f;
  float r = bounded - n * 0x1.62e4p-1f - n * 0x1.7f7d1cp-20f;
  float p = 0x1.6c16c2p-10f;
  p = p * r + 0x1.111112p-7f;
  p = p * r + 0x1.555556p-5f;
  p = p * r + 0x1.555556p-3f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  uint32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits << 23) + 0x3f800000u;
  float power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}

MULTIVERSIONED
void KERNEL(softmax_cross_entropy)(const float *restrict logits, const uint8_t *restrict labels,
                                   int64_t rows, int64_t classes, float *restrict gradient,
                                   float *restrict sums, float *restrict margins,
                                   uint8_t *restrict predictions) {
  for (int64_t r = 0; r < rows; r++) {
    const float *restrict row = logits + r * classes;
    float largest = row[0];
    int64_t prediction = 0;
    for (int64_t c = 1; c < classes; c++)
      if (row[c] > largest) {
        largest = row[c];
        prediction = c;
      }
    float exponentials[MAXIMUM_CLASSES];
    for (int64_t c = 0; c < classes; c++) exponentials[c] = exponential(row[c] - largest);
    float sum = 0;
    for (int64_t c = 0; c < classes; c++) sum += exponentials[c];
    sums[r] = sum;
    margins[r] = largest - row[labels[r]];
    predictions[r] = (uint8_t)prediction;
    if (gradient) {
      float reciprocal = 1.0f / sum;
      float *restrict to = gradient + r * classes;
      for (int64_t c = 0; c < classes; c++) to[c] = exponentials[c] * reciprocal;
      to[labels[r]] -= 1.0f;
    }
  }
}

MULTIVERSIONED
void KERNEL(smooth_labels)(const float *restrict logits, const uint8_t *restrict labels,
                           const uint8_t *restrict predictions, int64_t rows, int64_t classes,
                           float smoothing, float *restrict gradient, float *restrict margins) {
  float share = smoothing / (float)classes;
  float kept = 1.0f - smoothing;
  for (int64_t r = 0; r < rows; r++) {
    const float *restrict row = logits + r * classes;
    float largest = row[predictions[r]];
    float distances = 0;
    for (int64_t c = 0; c < classes; c++) distances += largest - row[c];
    margins[r] = kept * margins[r] + share * distances;
    if (gradient) {
      float *restrict to = gradient + r * classes;
      for (int64_t c = 0; c < classes; c++) to[c] -= share;
      to[labels[r]] += smoothing;
    }
  }
}
