#include "kernel.h"

#define KERNEL(name) kernel_##name##_v3

#if defined(__x86_64__)
#define HAS_FMA
// 12 registers for sums, 2 for the right matrix, 1 for an element of the left one.
#define VECTOR 8
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define TILE_SUMS 12
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#else
#include "baseline_tile.inc"
#endif

#include "all_kernels.inc"

#if defined(__x86_64__)
#pragma clang attribute pop
#endif
