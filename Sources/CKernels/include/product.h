#ifndef PRODUCT_H
#define PRODUCT_H

/// The layout and the order of additions of kernel_product, and its registers.
enum {
  /// The columns of a panel of the right matrix.
  PRODUCT_PANEL = 64,
  /// The terms of a block, unless another number is asked for: the longest chain of additions.
  PRODUCT_DEPTH = 1024,
  /// A multiple of the floats that registers hold in any version of kernel_multiply_add.
  MULTIPLY_ADD_BLOCK = 384,
};

#endif
