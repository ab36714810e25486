#ifndef CPARALLEL_H
#define CPARALLEL_H

#include <stddef.h>
#include <stdint.h>

/// Sleeps while `*word == expected`; may also return early. Private to the process.
void parallel_futex_wait(const void *word, uint32_t expected);

/// Sleeps while `*word == expected`, for a limited time; may also return early. Returns 0 after the
/// time limit.
int parallel_futex_wait_for(const void *word, uint32_t expected, int milliseconds);

/// Wakes every thread that sleeps on `word`.
void parallel_futex_wake_all(const void *word);

/// Tells the core that the thread is spinning.
static inline void parallel_spin_hint(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Yields the core to another thread.
void parallel_yield(void);

/// Sets the name of the calling thread, cut to 15 bytes, which /proc and `top -H` show.
void parallel_name_thread(const char *name);

/// The number of threads that can be started now, at most `count`. They live together for a moment
/// and end.
int parallel_spare_threads(int count);

/// The bytes of a new thread's stack.
size_t parallel_stack_size(void);

/// Starts a detached thread. Returns 0 or an error number.
int parallel_start_detached(void *(*body)(void *), void *argument);

/// The number of file descriptors that can be opened now, at most `count`.
int parallel_spare_descriptors(int count);

/// Makes the process exit with `code` and the line `words` if it aborts because memory was refused,
/// as the Swift runtime does. `words` must live as long as the process.
void parallel_end_without_memory(const char *words, int code);

/// Makes all threads allocate from one heap, and large blocks go back to the system when they are freed.
///
/// Otherwise each thread's heap takes up to 128 MiB of address space. To be called before there is a second thread.
void parallel_share_heap(void);

/// Fills `mask` with the calling thread's affinity mask, one bit per CPU.
///
/// Returns 0 or an error number: EINVAL if Linux's mask is longer. `byte_count` is a multiple of 8.
int parallel_affinity_mask(void *mask, size_t byte_count);

/// Restricts the calling thread to the CPUs of `mask`, one bit per CPU.
///
/// Returns 0 or an error number: EINVAL if the thread may use none of them. Bits after the end of
/// Linux's mask are ignored, and those after `byte_count` are off.
int parallel_set_affinity_mask(const void *mask, size_t byte_count);

#endif
