#ifndef DISTORTION_H
#define DISTORTION_H

#include <stdint.h>

enum {
  /// The zeros around a padded image: as many rows above and columns on the left,
  PADDING_BEFORE = 1,
  /// and as many below and on the right.
  PADDING_AFTER = 2,
  /// A row of a displacement field has its columns rounded up to a multiple of this.
  FIELD_LANES = 16,
};

/// Where each pixel of an image comes from, channels last: pixel (x, y) comes from the place
/// (xx u + xy v + x0, yx u + yy v + y0) with u = x - (columns - 1) / 2 and v = y - (rows - 1) / 2, in pixels
/// from the first one's center.
struct image_map {
  int64_t rows, columns, channels;
  float xx, xy, x0;
  float yx, yy, y0;
};

/// A field of displacements: noise for each pixel and axis, smoothed by a symmetric filter along both axes.
struct displacement_field {
  int64_t rows, columns;
  /// The filter's weights: that of the pixel itself, then those of the pixels 1 to radius away.
  const float *weights;
  int64_t radius;
  /// The factor of the smoothed noise.
  float alpha;
};

#endif
