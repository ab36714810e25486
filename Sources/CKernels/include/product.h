#ifndef PRODUCT_H
#define PRODUCT_H

#include <stdint.h>

enum {
  /// The columns of a panel of the right matrix.
  PRODUCT_PANEL = 64,
  /// The longest chain of additions. Longer sums are cut into blocks of so many terms.
  PRODUCT_DEPTH = 1024,
};

/// c (rows, columns) = a (rows, depth) times b (depth, columns); or c += the product, if `adds`.
///
/// Each element is one chain of fused multiply-adds in the order of k, starting from zero. If the
/// depth is more than PRODUCT_DEPTH, the sums of its blocks are added in the pairwise tree. So its
/// bits depend only on its row of a and its column of b: not on the instruction set, nor on the other
/// rows and columns.
///
/// No float outside the matrices is read or written, and c does not overlap a or b.
///
/// - a: element (i, k) is a[i * a_row + k * a_column]; a transposed matrix exchanges the two.
/// - b: element (k, j) is b[j / 64 * b_panel + k * b_row + j % 64]. A row-major matrix of row stride
///   s has b_row = s and b_panel = 64; panels that are stored one after another have b_row = 64 and
///   b_panel = 64 * depth.
/// - c: element (i, j) is c[i * c_row + j].
#define PRODUCT_PARAMETERS                                                                     \
  (int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row,                \
   int64_t a_column, const float *b, int64_t b_row, int64_t b_panel, float *c, int64_t c_row, \
   _Bool adds)

/// By the widest instruction set that the CPU has.
void kernel_product PRODUCT_PARAMETERS;

/// By AVX-512; elsewhere than on x86-64 the same as the baseline, like the next one.
void kernel_product_v4 PRODUCT_PARAMETERS;

/// By AVX2 with FMA.
void kernel_product_v3 PRODUCT_PARAMETERS;

/// For any CPU: with the C library's fmaf if the compiler may not use an instruction for it.
void kernel_product_baseline PRODUCT_PARAMETERS;

#endif
