#ifndef CPARALLEL_H
#define CPARALLEL_H

#include <stddef.h>
#include <stdint.h>

/// Sleeps while `*word == expected`; may also return early. Private to the process.
void parallel_futex_wait(const void *word, uint32_t expected);

/// Sleeps while `*word == expected`, for so long at most; may also return early. Gives 0 where the time
/// is over.
int parallel_futex_wait_for(const void *word, uint32_t expected, int milliseconds);

/// Wakes every thread that sleeps on `word`.
void parallel_futex_wake_all(const void *word);

/// Tells the core that the thread spins.
static inline void parallel_spin_hint(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Lets another thread have the core.
void parallel_yield(void);

/// Gives the calling thread a name, cut to 15 bytes, that /proc and `top -H` show.
void parallel_name_thread(const char *name);

/// How many threads can be started now, `count` at most: they live together for a moment and end.
int parallel_spare_threads(int count);

/// Starts a thread that nobody waits for; gives 0 or an error number.
int parallel_start_detached(void *(*body)(void *), void *argument);

/// How many file descriptors can be opened now, `count` at most.
int parallel_spare_descriptors(int count);

/// Has the process end with `code` and the line `words` where it aborts because memory was refused, as the
/// Swift runtime does. `words` has to live as long as the process.
void parallel_end_without_memory(const char *words, int code);

/// Fills `mask` with the calling thread's affinity mask, one bit a CPU.
///
/// Gives 0 or an error number: EINVAL where the kernel's mask is longer. `byte_count` is a multiple
/// of 8.
int parallel_affinity_mask(void *mask, size_t byte_count);

/// Lets the calling thread run on the CPUs of `mask` alone, one bit a CPU.
///
/// Gives 0 or an error number: EINVAL where it may use none of them. Bits behind the kernel's mask
/// count for nothing, those behind `byte_count` are off.
int parallel_set_affinity_mask(const void *mask, size_t byte_count);

#endif
