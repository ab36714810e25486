#include "product.h"

void kernel_product PRODUCT_PARAMETERS {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) {
    kernel_product_v4(rows, columns, depth, a, a_row, a_column, b, b_row, b_panel, c, c_row, adds);
    return;
  }
  if (__builtin_cpu_supports("x86-64-v3")) {
    kernel_product_v3(rows, columns, depth, a, a_row, a_column, b, b_row, b_panel, c, c_row, adds);
    return;
  }
#endif
  kernel_product_baseline(rows, columns, depth, a, a_row, a_column, b, b_row, b_panel, c, c_row,
                          adds);
}
