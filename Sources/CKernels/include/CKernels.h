#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdint.h>

#include "adam.h"
#include "convolution.h"
#include "distortion.h"
#include "instruction_set.h"
#include "pool.h"
#include "prefetch.h"
#include "product.h"
#include "random_words.h"
#include "winograd.h"

// kernel_NAME calls the version for the instruction set in use.
#define DECLARE_KERNEL(name, parameters, arguments) \
  void kernel_##name parameters;                    \
  void kernel_##name##_baseline parameters;         \
  void kernel_##name##_v3 parameters;               \
  void kernel_##name##_v4 parameters;
#include "kernels.inc"
#undef DECLARE_KERNEL

#endif
