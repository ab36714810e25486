#ifndef PRODUCT_H
#define PRODUCT_H

/// The layout and the order of additions of kernel_product, and its registers.
enum {
  /// The columns of a panel of the right matrix.
  PRODUCT_PANEL = 64,
  /// The longest chain of additions. Longer sums are cut into blocks of so many terms.
  PRODUCT_DEPTH = 1024,
  /// A multiple of the floats that registers hold in any version of kernel_multiply_add.
  MULTIPLY_ADD_BLOCK = 384,
};

#endif
