// Prints a checksum of what each kernel makes of fixed inputs: a line for each, the same on every CPU.
// scripts/test-aarch64 compares those of AArch64 with those of this machine.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "CKernels.h"

enum { ROWS = 37, COLUMNS = 130, CLASSES = 10, COUNT = ROWS * COLUMNS, DEPTH = 2100 };

static uint32_t state = 1;

static uint32_t word(void) {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

static void *memory(size_t count, size_t size) {
  void *result = calloc(count, size);
  if (result == NULL) {
    fputs("kernel-checksums: error: no memory\n", stderr);
    exit(71);
  }
  return result;
}

// Values between two bounds.
static float *floats(int64_t count, float low, float high) {
  float *values = memory((size_t)count, sizeof(float));
  for (int64_t i = 0; i < count; i++)
    values[i] = low + (high - low) * ((float)word() * 0x1p-24f);
  return values;
}

static uint32_t *words(int64_t count, uint32_t bound) {
  uint32_t *values = memory((size_t)count, sizeof(uint32_t));
  for (int64_t i = 0; i < count; i++) values[i] = word() % bound;
  return values;
}

static uint8_t *bytes(int64_t count, uint32_t bound) {
  uint8_t *values = memory((size_t)count, 1);
  for (int64_t i = 0; i < count; i++) values[i] = (uint8_t)(word() % bound);
  return values;
}

// FNV-1a.
static void print_checksum(const char *name, const void *values, size_t size) {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < size; i++) hash = (hash ^ ((const uint8_t *)values)[i]) * 1099511628211u;
  printf("%s %016" PRIx64 "\n", name, hash);
}

#define PRINT(name, values, count) print_checksum(name, values, (size_t)(count) * sizeof(*(values)))

static const struct random_words unit_words = {.purpose = 7, .epoch = 3, .key0 = 11, .key1 = 13};

static void products(void) {
  const int64_t depths[] = {1, 64, 784, DEPTH};
  for (int n = 0; n < 4; n++) {
    const int64_t depth = depths[n];
    const float *a = floats(ROWS * depth, -1, 1), *b = floats(depth * COLUMNS, -1, 1);
    float *c = floats(COUNT, -1, 1);
    kernel_product(ROWS, COLUMNS, depth, PRODUCT_DEPTH, a, depth, 1, b, COLUMNS, PRODUCT_PANEL, c,
                   COLUMNS);
    PRINT("product", c, COUNT);
    kernel_product(ROWS, COLUMNS, depth, 64, a, 1, ROWS, b, COLUMNS, PRODUCT_PANEL, c, COLUMNS);
    PRINT("product, transposed, in blocks", c, COUNT);
  }
  float *values = floats(COUNT, -1, 1);
  kernel_multiply_add(values, 0.7f, -0.3f, 5, COUNT);
  PRINT("multiply_add", values, COUNT);
}

static void convolutions(void) {
  // A kernel of 3 rows and 2 columns over two images, moved by 2.
  const struct convolution shape = {
      .image_rows = 9, .image_columns = 12, .channels = 5, .kernel_rows = 3, .kernel_columns = 2,
      .row_step = 2, .column_step = 2, .output_rows = 4, .output_columns = 6, .outputs = 75,
      .output_row_stride = 6 * 75, .output_column_stride = 75};
  const float *images = floats(2 * 9 * 12 * 5, -1, 1), *gradients = floats(2 * 4 * 6 * 75, -1, 1);
  float *weights = floats(30 * 75, -1, 1), *output = floats(4 * 6 * 75, 0, 1);
  kernel_convolution(&shape, images, weights, output);
  PRINT("convolution", output, 4 * 6 * 75);
  kernel_convolution_gradient(&shape, 2, images, gradients, weights);
  PRINT("convolution_gradient", weights, 30 * 75);
}

static void winograd_convolutions(void) {
  // Two images, with whole tiles and others.
  enum { CHANNELS = 37, OUTPUTS = 75, WEIGHTS = 16 * CHANNELS * OUTPUTS };
  const struct winograd shape = {
      .image_rows = 9, .image_columns = 12, .channels = CHANNELS, .rows_before = 1,
      .columns_before = 2, .output_rows = 9, .output_columns = 13, .outputs = OUTPUTS};
  const float *images = floats(2 * 9 * 12 * CHANNELS, -1, 1);
  const float *gradients = floats(2 * 9 * 13 * OUTPUTS, -1, 1);
  float *weights = floats(9 * CHANNELS * OUTPUTS, -1, 1), *transformed = floats(WEIGHTS, 0, 1);
  float *scratch = floats(winograd_gradient_scratch(&shape), 0, 1);
  float *output = floats(2 * 9 * 13 * OUTPUTS, 0, 1);
  kernel_winograd_weights(CHANNELS, OUTPUTS, 0, CHANNELS, weights, transformed);
  PRINT("winograd_weights", transformed, WEIGHTS);
  kernel_winograd(&shape, 2, images, transformed, scratch, output);
  PRINT("winograd", output, 2 * 9 * 13 * OUTPUTS);
  kernel_winograd_gradient(&shape, 1, 10, images, gradients, scratch, weights);
  PRINT("winograd_gradient", weights, 9 * CHANNELS * OUTPUTS);
}

static void pools(void) {
  // Windows of 3 rows and 2 columns over two images, moved by 2.
  const struct pool shape = {.image_rows = 9, .image_columns = 12, .channels = 37, .window_rows = 3,
                             .window_columns = 2, .step = 2};
  const int64_t input = 2 * 9 * 12 * 37, output = 2 * 4 * 6 * 37;
  const float *x = floats(input, -1, 1), *dy = floats(output, -1, 1);
  float *y = floats(output, 0, 1), *dx = floats(input, 0, 1);
  kernel_pool_maximum(&shape, 2, x, y);
  PRINT("pool_maximum", y, output);
  kernel_pool_maximum_backward(&shape, 2, dy, x, dx);
  PRINT("pool_maximum_backward", dx, input);
  kernel_pool_mean(&shape, 2, x, y);
  PRINT("pool_mean", y, output);
  kernel_pool_mean_backward(&shape, 2, dy, dx);
  PRINT("pool_mean_backward", dx, input);
}

static void distortions(void) {
  // An image of three channels, turned and enlarged, with its left edge outside.
  enum { HEIGHT = 21, WIDTH = 70, CHANNELS = 3, PADDED = (HEIGHT + 3) * (WIDTH + 3) * CHANNELS };
  enum { RADIUS = 7, STRIDE = 80 };
  const uint8_t *image = bytes(HEIGHT * WIDTH * CHANNELS, 256);
  float *padded = floats(PADDED, 0, 1);
  kernel_pad_image(image, HEIGHT, WIDTH, CHANNELS, padded);
  PRINT("pad_image", padded, PADDED);
  const float *weights = floats(RADIUS + 1, 0, 0.1f);
  const struct displacement_field shape = {
      .rows = HEIGHT, .columns = WIDTH, .weights = weights, .radius = RADIUS, .alpha = 9};
  float *scratch = floats(64 * 46 + STRIDE + 2 * RADIUS + (HEIGHT + 2 * RADIUS) * STRIDE, 0, 1);
  float *field = floats(2 * HEIGHT * STRIDE, 0, 1);
  kernel_displace(&shape, unit_words, 5, scratch, field);
  PRINT("displace", field, 2 * HEIGHT * STRIDE);
  const struct image_map map = {.rows = HEIGHT, .columns = WIDTH, .channels = CHANNELS,
                                .xx = 0.8f, .xy = -0.3f, .x0 = 30,
                                .yx = 0.2f, .yy = 0.9f, .y0 = 11.3f};
  float *output = floats(HEIGHT * WIDTH * CHANNELS, 0, 1);
  kernel_resample_image(&map, padded, 0, output);
  PRINT("resample_image", output, HEIGHT * WIDTH * CHANNELS);
  kernel_resample_image(&map, padded, field, output);
  PRINT("resample_image, by a field", output, HEIGHT * WIDTH * CHANNELS);
}

static void sums(void) {
  const float *x = floats(COUNT, -1, 1), *y = floats(COUNT, -1, 1);
  const float *bias = floats(COLUMNS, -1, 1);
  float *z = floats(COUNT, -1, 1), *totals = floats(COLUMNS, 0, 1);
  const uint8_t *images = bytes(50 * COLUMNS, 256);
  const uint32_t *indices = words(ROWS, 50);
  kernel_gather_images(images, indices, ROWS, COLUMNS, z);
  PRINT("gather_images", z, COUNT);
  kernel_add(z, x, COUNT);
  PRINT("add", z, COUNT);
  kernel_blend(z, y, COUNT, 0.99f, 0.01f);
  PRINT("blend", z, COUNT);
  kernel_sum(x, y, COUNT, z);
  PRINT("sum", z, COUNT);
  kernel_column_sums(x, ROWS, COLUMNS, totals);
  PRINT("column_sums", totals, COLUMNS);
  kernel_add_bias(z, bias, ROWS, COLUMNS);
  PRINT("add_bias", z, COUNT);
  kernel_transpose(x, ROWS, COLUMNS, z, ROWS);
  PRINT("transpose", z, COUNT);
}

static void batch_norm(void) {
  const float *x = floats(COUNT, -1, 3), *scale = floats(COLUMNS, 0.5f, 2);
  const float *shift = floats(COLUMNS, -1, 1), *inverse = floats(COLUMNS, 0.5f, 2);
  float *mean = floats(COLUMNS, 0, 1), *m2 = floats(COLUMNS, 0, 1);
  float *other_mean = floats(COLUMNS, 0, 1), *other_m2 = floats(COLUMNS, 0, 1);
  float *y = floats(COUNT, 0, 1), *dy = floats(COUNT, -1, 1);
  float *sum_dy = floats(COLUMNS, 0, 1), *sum_dy_xhat = floats(COLUMNS, 0, 1);
  kernel_column_moments(x, ROWS, COLUMNS, mean, m2);
  PRINT("column_moments, mean", mean, COLUMNS);
  PRINT("column_moments, m2", m2, COLUMNS);
  kernel_merge_moments(mean, m2, ROWS, other_mean, other_m2, 11, COLUMNS);
  PRINT("merge_moments, mean", mean, COLUMNS);
  PRINT("merge_moments, m2", m2, COLUMNS);
  kernel_scale_shift(x, scale, shift, ROWS, COLUMNS, y);
  PRINT("scale_shift", y, COUNT);
  kernel_batch_norm_backward_sums(dy, x, mean, inverse, ROWS, COLUMNS, sum_dy, sum_dy_xhat);
  PRINT("batch_norm_backward_sums, dy", sum_dy, COLUMNS);
  PRINT("batch_norm_backward_sums, dy xhat", sum_dy_xhat, COLUMNS);
  kernel_batch_norm_backward(dy, x, mean, scale, shift, inverse, ROWS, COLUMNS);
  PRINT("batch_norm_backward", dy, COUNT);
  kernel_normalize_rectify(x, scale, shift, 1.25f, ROWS, COLUMNS, y);
  PRINT("normalize_rectify", y, COUNT);
  kernel_rectified_backward_sums(dy, y, 1.25f, x, mean, inverse, ROWS, COLUMNS, sum_dy,
                                 sum_dy_xhat);
  PRINT("rectified_backward_sums", dy, COUNT);
  PRINT("rectified_backward_sums, dy", sum_dy, COLUMNS);
  PRINT("rectified_backward_sums, dy xhat", sum_dy_xhat, COLUMNS);
  const uint32_t *samples = words(ROWS, 60000);
  kernel_normalize_rectify_drop(x, scale, shift, 1.25f, 858993459u, unit_words, samples, ROWS,
                                COLUMNS, y);
  PRINT("normalize_rectify_drop", y, COUNT);
}

static void activations(void) {
  const float *x = floats(COUNT, -1, 1);
  float *y = floats(COUNT, 0, 1), *dy = floats(COUNT, -1, 1);
  const uint32_t *samples = words(ROWS, 60000);
  kernel_rectify(x, y, COUNT);
  PRINT("rectify", y, COUNT);
  kernel_rectify_backward(dy, y, COUNT);
  PRINT("rectify_backward", dy, COUNT);
  kernel_drop(x, y, 1.25f, 858993459u, unit_words, samples, ROWS, COLUMNS);
  PRINT("drop", y, COUNT);
  kernel_drop_channels(x, y, 1.25f, 858993459u, unit_words, samples, 2, 5, COUNT / 10);
  PRINT("drop_channels", y, COUNT);
  kernel_add_noise(x, y, 0.3f, unit_words, samples, ROWS, COLUMNS);
  PRINT("add_noise", y, COUNT);
  kernel_scale(x, y, 0.3f, COUNT);
  PRINT("scale", y, COUNT);
}

static void smooth_activations(void) {
  const float *x = floats(COUNT, -15, 15);
  float *y = floats(COUNT, 0, 1), *dy = floats(COUNT, -1, 1);
  kernel_leaky_rectify(x, y, 0.01f, COUNT);
  PRINT("leaky_rectify", y, COUNT);
  kernel_leaky_rectify_backward(dy, x, 0.01f, COUNT);
  PRINT("leaky_rectify_backward", dy, COUNT);
  kernel_gelu(x, y, COUNT);
  PRINT("gelu", y, COUNT);
  kernel_gelu_backward(dy, x, COUNT);
  PRINT("gelu_backward", dy, COUNT);
  kernel_silu(x, y, COUNT);
  PRINT("silu", y, COUNT);
  kernel_silu_backward(dy, x, COUNT);
  PRINT("silu_backward", dy, COUNT);
}

static void loss(void) {
  const float *logits = floats(ROWS * CLASSES, -20, 20);
  const uint8_t *labels = bytes(ROWS, CLASSES);
  uint8_t *predictions = bytes(ROWS, CLASSES);
  float *gradient = floats(ROWS * CLASSES, 0, 1), *totals = floats(ROWS, 0, 1);
  float *margins = floats(ROWS, 0, 1);
  kernel_softmax_cross_entropy(logits, labels, ROWS, CLASSES, gradient, totals, margins,
                               predictions);
  PRINT("softmax_cross_entropy, gradient", gradient, ROWS * CLASSES);
  PRINT("softmax_cross_entropy, sums", totals, ROWS);
  PRINT("softmax_cross_entropy, margins", margins, ROWS);
  PRINT("softmax_cross_entropy, predictions", predictions, ROWS);
  kernel_smooth_labels(logits, labels, predictions, ROWS, CLASSES, 0.1f, gradient, margins);
  PRINT("smooth_labels, gradient", gradient, ROWS * CLASSES);
  PRINT("smooth_labels, margins", margins, ROWS);
  const uint8_t *others = bytes(ROWS, CLASSES);
  const float *shares = floats(ROWS, 0, 0.5f);
  kernel_mix_labels(logits, labels, others, shares, ROWS, CLASSES, 0.9f, gradient, margins);
  PRINT("mix_labels, gradient", gradient, ROWS * CLASSES);
  PRINT("mix_labels, margins", margins, ROWS);
}

static void optimizers(void) {
  float *w = floats(COUNT, -1, 1), *v = floats(COUNT, 0, 1), *s = floats(COUNT, 0, 1);
  const float *gradient = floats(COUNT, -1, 1);
  kernel_sgd(w, gradient, COUNT, 0.25f, 0.1f, 1e-3f);
  PRINT("sgd", w, COUNT);
  kernel_momentum(w, gradient, v, COUNT, 0.25f, 0.1f, 1e-3f, 0.9f);
  PRINT("momentum", w, COUNT);
  kernel_nesterov(w, gradient, v, COUNT, 0.25f, 0.1f, 1e-3f, 0.9f);
  PRINT("nesterov", w, COUNT);
  kernel_adagrad(w, gradient, s, COUNT, 0.25f, 0.1f, 1e-3f, 1e-8f);
  PRINT("adagrad", w, COUNT);
  kernel_rmsprop(w, gradient, s, COUNT, 0.25f, 0.1f, 1e-3f, 0.99f, 0.01f, 1e-8f);
  PRINT("rmsprop", w, COUNT);
  const struct adam_step step = {0.25f, 1e-3f, 0.999f, 0.9f, 0.1f, 0.999f, 1e-3f, 1e-2f, 3, 1e-8f};
  kernel_adam(w, gradient, v, s, COUNT, step);
  PRINT("adam", w, COUNT);
  double total;
  kernel_sum_of_squares(w, COUNT, &total);
  PRINT("sum_of_squares", &total, 1);
  kernel_limit_column_norms(w, ROWS, COLUMNS, COLUMNS, 2);
  PRINT("limit_column_norms", w, COUNT);
}

int main(void) {
  products();
  convolutions();
  winograd_convolutions();
  pools();
  distortions();
  sums();
  batch_norm();
  activations();
  smooth_activations();
  loss();
  optimizers();
  return 0;
}
