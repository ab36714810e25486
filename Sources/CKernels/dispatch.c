#include "CKernels.h"

#include <stdatomic.h>

// Relaxed: a thread that sees it change late computes the same bits.
static _Atomic(enum instruction_set) in_use = INSTRUCTION_SET_BASELINE;

_Bool kernels_supported(enum instruction_set set) {
  switch (set) {
    case INSTRUCTION_SET_BASELINE:
      return 1;
#if defined(__x86_64__)
    case INSTRUCTION_SET_V3:
      return __builtin_cpu_supports("x86-64-v3") != 0;
    case INSTRUCTION_SET_V4:
      return __builtin_cpu_supports("x86-64-v4") != 0;
#endif
    default:
      return 0;
  }
}

_Bool kernels_use(enum instruction_set set) {
  if (!kernels_supported(set)) return 0;
  atomic_store_explicit(&in_use, set, memory_order_relaxed);
  return 1;
}

enum instruction_set kernels_in_use(void) {
  return atomic_load_explicit(&in_use, memory_order_relaxed);
}

// Before main.
__attribute__((constructor)) static void use_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  if (!kernels_use(INSTRUCTION_SET_V4)) kernels_use(INSTRUCTION_SET_V3);
}

// A call is two loads and a jump: the arguments stay where they are.
#define DECLARE_KERNEL(name, parameters, arguments)               \
  void kernel_##name parameters {                                 \
    static void(*const versions[]) parameters = {                 \
        [INSTRUCTION_SET_BASELINE] = kernel_##name##_baseline,    \
        [INSTRUCTION_SET_V3] = kernel_##name##_v3,                \
        [INSTRUCTION_SET_V4] = kernel_##name##_v4,                \
    };                                                            \
    versions[kernels_in_use()] arguments;                         \
  }
#include "kernels.inc"
#undef DECLARE_KERNEL
