#include "kernel.h"

MULTIVERSIONED
void KERNEL(sgd)(float *restrict w, const float *restrict gradient, int64_t count, float scale,
                 float rate, float decay) {
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * scale + decay * w[i];
    w[i] -= rate * g;
  }
}

MULTIVERSIONED
void KERNEL(momentum)(float *restrict w, const float *restrict gradient, float *restrict v,
                      int64_t count, float scale, float rate, float decay, float momentum) {
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * scale + decay * w[i];
    v[i] = momentum * v[i] - rate * g;
    w[i] += v[i];
  }
}

MULTIVERSIONED
void KERNEL(nesterov)(float *restrict w, const float *restrict gradient, float *restrict v,
                      int64_t count, float scale, float rate, float decay, float momentum) {
  for (int64_t i = 0; i < count; i++) {
    float step = rate * (gradient[i] * scale + decay * w[i]);
    v[i] = momentum * v[i] - step;
    w[i] += momentum * v[i] - step;
  }
}

MULTIVERSIONED
void KERNEL(adagrad)(float *restrict w, const float *restrict gradient, float *restrict s,
                     int64_t count, float scale, float rate, float decay, float epsilon) {
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * scale + decay * w[i];
    s[i] += g * g;
    w[i] -= rate * g / (__builtin_sqrtf(s[i]) + epsilon);
  }
}

MULTIVERSIONED
void KERNEL(rmsprop)(float *restrict w, const float *restrict gradient, float *restrict s,
                     int64_t count, float scale, float rate, float decay, float smoothing,
                     float complement, float epsilon) {
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * scale + decay * w[i];
    s[i] = smoothing * s[i] + complement * (g * g);
    w[i] -= rate * g / (__builtin_sqrtf(s[i]) + epsilon);
  }
}

INLINE void adam_run(float *restrict w, const float *restrict gradient, float *restrict m,
                     float *restrict v, int64_t count, float scale, float decay, float shrink,
                     float beta1, float complement1, float beta2, float complement2, float rate1,
                     float root2, float epsilon) {
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * scale + decay * w[i];
    m[i] = beta1 * m[i] + complement1 * g;
    v[i] = beta2 * v[i] + complement2 * (g * g);
    w[i] = w[i] * shrink - rate1 * m[i] / (__builtin_sqrtf(v[i]) * root2 + epsilon);
  }
}

MULTIVERSIONED
void KERNEL(adam)(float *restrict w, const float *restrict gradient, float *restrict m,
                  float *restrict v, int64_t count, float scale, float decay, float shrink,
                  float beta1, float complement1, float beta2, float complement2, float rate1,
                  float root2, float epsilon) {
  enum { RUN = 64, AHEAD = 4 * RUN };
  int64_t i = 0;
  for (; i + RUN <= count; i += RUN) {
    for (int64_t p = i + AHEAD; p < i + AHEAD + RUN && p < count; p += 16) {
      WILL_WRITE(w + p);
      WILL_WRITE(m + p);
      WILL_WRITE(v + p);
    }
    adam_run(w + i, gradient + i, m + i, v + i, RUN, scale, decay, shrink, beta1, complement1,
             beta2, complement2, rate1, root2, epsilon);
  }
  adam_run(w + i, gradient + i, m + i, v + i, count - i, scale, decay, shrink, beta1, complement1,
           beta2, complement2, rate1, root2, epsilon);
}

MULTIVERSIONED
void KERNEL(moving_average)(float *restrict average, const float *restrict values, int64_t count,
                            float decay, float complement) {
  for (int64_t i = 0; i < count; i++)
    average[i] = decay * average[i] + complement * values[i];
}
