#define _GNU_SOURCE
#include "CParallel.h"

#include <errno.h>
#include <sched.h>

// Not callable from Swift: the C library declares these functions only for _GNU_SOURCE.
int parallel_affinity_mask(void *mask, size_t byte_count) {
  return sched_getaffinity(0, byte_count, mask) == 0 ? 0 : errno;
}

int parallel_set_affinity_mask(const void *mask, size_t byte_count) {
  return sched_setaffinity(0, byte_count, mask) == 0 ? 0 : errno;
}
