#ifndef PRODUCT_H
#define PRODUCT_H

/// The layout and the order of additions of kernel_product.
enum {
  /// The columns of a panel of the right matrix.
  PRODUCT_PANEL = 64,
  /// The longest chain of additions. Longer sums are cut into blocks of so many terms.
  PRODUCT_DEPTH = 1024,
};

#endif
