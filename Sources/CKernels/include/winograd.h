#ifndef WINOGRAD_H
#define WINOGRAD_H

#include <stdint.h>

/// The convolution of images (image_rows, image_columns, channels) with kernels of 3 x 3 that move by one
/// position. The outputs are (output_rows, output_columns, outputs); there are at least WINOGRAD_CHANNELS channels
/// and outputs.
///
/// A tile is 2 x 2 outputs. If the number of rows or columns is odd, the last tiles are not whole. The rows of tiles
/// are numbered over all images.
struct winograd {
  int64_t image_rows, image_columns, channels;
  /// The zeros above an image and on its left.
  int64_t rows_before, columns_before;
  int64_t output_rows, output_columns, outputs;
};

enum {
  /// The products for a tile, a channel and an output; a direct convolution has 36.
  WINOGRAD_PRODUCTS = 16,
  /// The fewest channels and outputs: the floats of the widest vector.
  WINOGRAD_CHANNELS = 16,
  /// The most floats of one of the WINOGRAD_PRODUCTS matrices of some rows of tiles: tiles times channels or outputs.
  WINOGRAD_MATRIX = 1 << 14,
  /// The distance of these matrices in scratch memory: a constant, and not a multiple of a page, at which stores
  /// would seem to overlap.
  WINOGRAD_STRIDE = WINOGRAD_MATRIX + 16,
  /// The floats of all matrices that should stay in a second-level cache.
  WINOGRAD_CACHE = 1 << 16,
  /// The fewest tiles that are worked on together, if they fit, so that the weights are read for many of them.
  WINOGRAD_TILES = 32,
};

/// The tiles of a row.
static inline int64_t winograd_columns(const struct winograd *shape) {
  return (shape->output_columns + 1) / 2;
}

/// The rows of tiles of an image.
static inline int64_t winograd_rows(const struct winograd *shape) {
  return (shape->output_rows + 1) / 2;
}

/// The rows of tiles that are worked on together; 0 if a row does not fit in a matrix. It changes no bit.
static inline int64_t winograd_block_rows(const struct winograd *shape) {
  const int64_t columns = winograd_columns(shape);
  const int64_t fewest = (WINOGRAD_TILES + columns - 1) / columns;
  const int64_t fitting =
      WINOGRAD_CACHE / (WINOGRAD_PRODUCTS * columns * (shape->channels + shape->outputs));
  const int64_t widest = shape->channels > shape->outputs ? shape->channels : shape->outputs;
  const int64_t most = WINOGRAD_MATRIX / (columns * widest);
  const int64_t wanted = fitting < fewest ? fewest : fitting;
  return wanted < most ? wanted : most;
}

/// The floats of scratch memory of kernel_winograd.
static inline int64_t winograd_scratch(void) {
  return 2 * WINOGRAD_PRODUCTS * WINOGRAD_STRIDE;
}

/// The floats of scratch memory of kernel_winograd_gradient.
static inline int64_t winograd_gradient_scratch(const struct winograd *shape) {
  return winograd_scratch() + WINOGRAD_PRODUCTS * shape->channels * shape->outputs;
}

#endif
