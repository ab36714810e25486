#define PRODUCT kernel_product_v3

#if defined(__x86_64__)
#define TARGET __attribute__((target("arch=x86-64-v3")))
// 12 registers for sums, 2 for the right matrix, 1 for an element of the left one.
#define VECTOR 8
#define TILE_ROWS 6
#define TILE_VECTORS 2
#else
#include "product_baseline_tile.inc"
#endif

#include "product_tile.inc"
