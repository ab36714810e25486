#ifndef CONVOLUTION_H
#define CONVOLUTION_H

#include <stdint.h>

/// The convolution of an image (image_rows, image_columns, channels), which is already padded.
struct convolution {
  int64_t image_rows, image_columns, channels;
  int64_t kernel_rows, kernel_columns;
  /// The steps of the kernel for the next row and column of the output, in rows and columns of the image.
  int64_t row_step, column_step;
  int64_t output_rows, output_columns, outputs;
  /// The distances of neighboring rows and columns of the output, in floats: it may be a part of an image.
  int64_t output_row_stride, output_column_stride;
};

#endif
