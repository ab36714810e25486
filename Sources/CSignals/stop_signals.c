#include "stop_signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

// In C because a signal handler must not allocate, lock or enter the Swift runtime.

static const int stop_signals[] = {SIGTERM, SIGINT, SIGUSR1};
static const size_t stop_signal_count = sizeof stop_signals / sizeof stop_signals[0];

static const int64_t nanoseconds_per_second = 1000000000;

int stop_signals_first;

static _Atomic int64_t caught_at;
static atomic_uint watch_patience;
static atomic_uint beats;
static atomic_uint beats_seen;
static atomic_int waiting;
static atomic_int catches_hangup;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * nanoseconds_per_second + time.tv_nsec;
}

static void end_by(int signal_number) {
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

static void handle(int signal_number) {
  const int64_t time = now();
  int64_t first = 0;
  if (atomic_compare_exchange_strong(&caught_at, &first, time)) {
    __atomic_store_n(&stop_signals_first, signal_number, __ATOMIC_RELAXED);
    atomic_store(&beats_seen, atomic_load(&beats));
    alarm(atomic_load(&watch_patience));
    return;
  }
  // Slurm sends SIGTERM to a job step twice within 0.2 s, and a script that ends by Ctrl-C may send
  // SIGTERM to a process that the terminal interrupts too. A person who presses Ctrl-C again wants to
  // end.
  const int is_second_interrupt = signal_number == SIGINT && stop_signals_caught() == SIGINT;
  if (!is_second_interrupt && time - first < nanoseconds_per_second) return;
  // The signal is blocked until the handler returns; then its default action ends the process.
  end_by(signal_number);
}

static void watch(int signal_number) {
  (void)signal_number;
  const unsigned count = atomic_load(&beats);
  const unsigned seen = atomic_exchange(&beats_seen, count);
  if (count == seen && atomic_load(&waiting) == 0) {
    end_by(stop_signals_caught());
    return;
  }
  alarm(atomic_load(&watch_patience));
}

static sigset_t stop_signal_set(void) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < stop_signal_count; i++) sigaddset(&set, stop_signals[i]);
  return set;
}

static void set_handler(int signal_number, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(signal_number, &action, NULL);
}

static int is_ignored(int signal_number) {
  struct sigaction action;
  return sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void stop_signals_catch(int patience, int with_hangup) {
  atomic_store(&watch_patience, patience > 0 ? (unsigned)patience : 0);
  if (patience > 0) set_handler(SIGALRM, watch);
  for (size_t i = 0; i < stop_signal_count; i++) set_handler(stop_signals[i], handle);
  // nohup has it ignored.
  const int catches = with_hangup && !is_ignored(SIGHUP);
  atomic_store(&catches_hangup, catches);
  if (catches) {
    set_handler(SIGHUP, handle);
  } else {
    signal(SIGHUP, SIG_IGN);
  }
  // The parent may have blocked them, as Dispatch does in its threads.
  sigset_t set = stop_signal_set();
  sigaddset(&set, SIGALRM);
  if (catches) sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void end_line(int signal_number) {
  const char line_feed = '\n';
  const ssize_t written = write(STDERR_FILENO, &line_feed, 1);
  (void)written;
  end_by(signal_number);
}

void stop_signals_end_line(void) {
  static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
    if (is_ignored(ending[i])) continue;
    set_handler(ending[i], end_line);
    sigaddset(&set, ending[i]);
  }
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void stop_signals_release(void) {
  alarm(0);
  for (size_t i = 0; i < stop_signal_count; i++) signal(stop_signals[i], SIG_DFL);
  if (atomic_exchange(&catches_hangup, 0)) signal(SIGHUP, SIG_DFL);
}

void stop_signals_beat(void) {
  if (stop_signals_caught() == 0) return;
  atomic_fetch_add_explicit(&beats, 1, memory_order_relaxed);
}

void stop_signals_wait(int begins) {
  atomic_fetch_add(&waiting, begins ? 1 : -1);
  stop_signals_beat();
}
