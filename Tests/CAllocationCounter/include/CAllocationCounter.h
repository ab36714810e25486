#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Whether this build counts: not under a sanitizer, which has an allocator of its own.
bool allocation_counter_works(void);

/// Starts counting, from zero, the heap allocations of the calling thread.
void allocation_counter_start(void);

/// Stops counting on the calling thread and gives the number.
int64_t allocation_counter_stop(void);

#endif
