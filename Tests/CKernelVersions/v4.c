#include "CKernelVersions.h"

#define KERNEL(name) kernel_##name##_v4
#if defined(__x86_64__)
#define MULTIVERSIONED __attribute__((target("arch=x86-64-v4")))
#else
#define MULTIVERSIONED
#endif
#include "all_kernels.inc"
