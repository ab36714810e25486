#define PRODUCT kernel_product_baseline

#include "product_baseline_tile.inc"

#include "product_tile.inc"
