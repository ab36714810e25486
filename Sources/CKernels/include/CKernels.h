#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdint.h>

#define KERNEL(name) kernel_##name
#include "kernel_declarations.inc"
#undef KERNEL

#include "product.h"

#endif
