#include "stop_signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

// In C because nothing else may run in a signal's handler: no allocation, no lock, no Swift runtime.

static const int stop_signals[] = {SIGTERM, SIGINT, SIGUSR1};
static const size_t stop_signal_count = sizeof stop_signals / sizeof stop_signals[0];

static atomic_int caught;

static void handle(int signal_number) {
  int none = 0;
  if (!atomic_compare_exchange_strong(&caught, &none, signal_number)) {
    // The signal is blocked until the handler returns; then its default ends the process.
    signal(signal_number, SIG_DFL);
    raise(signal_number);
  }
}

static sigset_t stop_signal_set(void) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < stop_signal_count; i++) sigaddset(&set, stop_signals[i]);
  return set;
}

void stop_signals_hold(void) {
  sigset_t set = stop_signal_set();
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void stop_signals_catch(void) {
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < stop_signal_count; i++) sigaction(stop_signals[i], &action, NULL);
  signal(SIGHUP, SIG_IGN);
  sigset_t set = stop_signal_set();
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int stop_signals_caught(void) { return atomic_load_explicit(&caught, memory_order_relaxed); }
