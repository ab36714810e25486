#define PRODUCT kernel_product_v4

#if defined(__x86_64__)
#define TARGET __attribute__((target("arch=x86-64-v4")))
// 24 registers for sums, 4 for the right matrix, 1 for an element of the left one. With 7 rows the
// compiler moves sums between registers.
#define VECTOR 16
#define TILE_ROWS 6
#define TILE_VECTORS 4
#else
#include "product_baseline_tile.inc"
#endif

#include "product_tile.inc"
