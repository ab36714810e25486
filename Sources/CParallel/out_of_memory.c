#include "CParallel.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

// In C because a signal handler must neither allocate nor lock.

static const char *last_words;
static int exit_code;
// Whether a thread has told it: several may be refused memory at once.
static atomic_flag told = ATOMIC_FLAG_INIT;

// SIGABRT is how the Swift runtime ends after it has reported the failed allocation. SIGSEGV is how it ends if
// there is no memory for the report either: it then reads the text that it could not allocate. SIGILL and SIGTRAP
// are how Foundation ends, by processor.
static const int signals[] = {SIGABRT, SIGSEGV, SIGILL, SIGTRAP};
enum { signal_count = sizeof signals / sizeof *signals };
static struct sigaction earlier[signal_count];

static void handle(int signal_number) {
  // The failed allocation was the last call of this thread that set errno.
  if (errno == ENOMEM) {
    while (atomic_flag_test_and_set(&told)) pause();
    ssize_t written = write(STDERR_FILENO, last_words, strlen(last_words));
    (void)written;
    _exit(exit_code);
  }
  // A different failure, which ends the process as it would without this handler: an abort and a trap are raised
  // again when the handler returns, and a fault happens again.
  for (int i = 0; i < signal_count; i++)
    if (signals[i] == signal_number) sigaction(signal_number, &earlier[i], NULL);
  if (signal_number == SIGABRT || signal_number == SIGTRAP) raise(signal_number);
}

void parallel_end_without_memory(const char *words, int code) {
  last_words = words;
  exit_code = code;
  struct sigaction action = {.sa_handler = handle};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < signal_count; i++) sigaction(signals[i], &action, &earlier[i]);
}
