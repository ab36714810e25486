#include "kernel.h"

#define KERNEL(name) kernel_##name##_baseline
#include "baseline_tile.inc"

#include "all_kernels.inc"
