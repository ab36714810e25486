#ifndef CKERNELVERSIONS_H
#define CKERNELVERSIONS_H

#include <stdint.h>

// The kernels once more for each instruction set, so that a test can call and compare each. On other
// architectures than x86-64 all three are the plain loop.

#define KERNEL(name) kernel_##name##_baseline
#include "../../../Sources/CKernels/include/kernel_declarations.inc"
#undef KERNEL

#define KERNEL(name) kernel_##name##_v3
#include "../../../Sources/CKernels/include/kernel_declarations.inc"
#undef KERNEL

#define KERNEL(name) kernel_##name##_v4
#include "../../../Sources/CKernels/include/kernel_declarations.inc"
#undef KERNEL

#endif
