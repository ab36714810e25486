#include "kernel.h"

#define KERNEL(name) kernel_##name##_v4

#if defined(__x86_64__)
#define HAS_FMA
// 24 registers for sums, 4 for the right matrix, 1 for an element of the left one. With 7 rows the
// compiler moves sums between registers.
#define VECTOR 16
#define TILE_ROWS 6
#define TILE_VECTORS 4
#define TILE_SUMS 28
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#else
#include "baseline_tile.inc"
#endif

#include "all_kernels.inc"

#if defined(__x86_64__)
#pragma clang attribute pop
#endif
