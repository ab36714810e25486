#ifndef STOP_SIGNALS_H
#define STOP_SIGNALS_H

#include <stdint.h>

/// Catches SIGTERM, SIGINT and SIGUSR1; ignores SIGHUP.
///
/// The first one caught is remembered; a second one ends the process as if it were not caught. After
/// the first, with `patience` seconds above 0, the process ends by that signal when so many seconds pass
/// without a beat and outside of waiting: it hangs.
void stop_signals_catch(int patience);

/// Gives SIGTERM, SIGINT and SIGUSR1 their default again.
void stop_signals_release(void);

/// The signal that was caught, or 0. Read it with `stop_signals_caught`.
extern int stop_signals_first;

/// The signal that was caught, or 0.
static inline int stop_signals_caught(void) {
  return __atomic_load_n(&stop_signals_first, __ATOMIC_RELAXED);
}

/// Says that work was done; counts after a signal alone, and costs nothing before.
void stop_signals_beat(void);

/// Says that the caller waits for the system from here on, for as long as that takes; or no longer.
void stop_signals_wait(int begins);

#endif
