#include "CKernelVersions.h"

#define KERNEL(name) kernel_##name##_baseline
#define MULTIVERSIONED
#include "all_kernels.inc"
