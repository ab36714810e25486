#ifndef POOL_H
#define POOL_H

#include <stdint.h>

/// Images, channels last, and the windows that a pool moves over them.
///
/// All windows lie within the image: there are (image_rows - window_rows) / step + 1 of them downwards,
/// rounded down, and as many across by the columns.
struct pool {
  int64_t image_rows, image_columns, channels;
  int64_t window_rows, window_columns;
  /// The distance from a window to the next one, in both directions.
  int64_t step;
};

#endif
