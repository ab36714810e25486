#include "stop_signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

// In C because nothing else may run in a signal's handler: no allocation, no lock, no Swift runtime.

static const int stop_signals[] = {SIGTERM, SIGINT, SIGUSR1};
static const size_t stop_signal_count = sizeof stop_signals / sizeof stop_signals[0];

static const int64_t nanoseconds_per_second = 1000000000;

static atomic_int caught;
static _Atomic int64_t caught_at;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * nanoseconds_per_second + time.tv_nsec;
}

static void handle(int signal_number) {
  const int64_t time = now();
  int64_t first = 0;
  if (atomic_compare_exchange_strong(&caught_at, &first, time)) {
    atomic_store(&caught, signal_number);
    return;
  }
  // Slurm sends a job step SIGTERM twice within 0.2 s; a person presses Ctrl-C again and means it.
  if (signal_number != SIGINT && time - first < nanoseconds_per_second) return;
  // The signal is blocked until the handler returns; then its default ends the process.
  signal(signal_number, SIG_DFL);
  raise(signal_number);
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

void stop_signals_release(void) {
  for (size_t i = 0; i < stop_signal_count; i++) signal(stop_signals[i], SIG_DFL);
  sigset_t set = stop_signal_set();
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int stop_signals_caught(void) { return atomic_load_explicit(&caught, memory_order_relaxed); }
