#include "CParallel.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

// In C because a signal handler must neither allocate nor lock.

static const char *last_words;
static int exit_code;
static struct sigaction earlier;

static void handle(int signal_number) {
  // The failed allocation was the last call of this thread that set errno.
  if (errno == ENOMEM) {
    ssize_t written = write(STDERR_FILENO, last_words, strlen(last_words));
    (void)written;
    _exit(exit_code);
  }
  // A different failure. The signal is raised again when this handler returns.
  sigaction(signal_number, &earlier, NULL);
  raise(signal_number);
}

void parallel_end_without_memory(const char *words, int code) {
  last_words = words;
  exit_code = code;
  struct sigaction action = {.sa_handler = handle};
  sigemptyset(&action.sa_mask);
  sigaction(SIGABRT, &action, &earlier);
}
