#ifndef STOP_SIGNALS_H
#define STOP_SIGNALS_H

#include <stdint.h>

/// Catches SIGTERM, SIGINT and SIGUSR1, and ignores SIGHUP; with `with_hangup`, it catches SIGHUP
/// too, unless it is ignored already.
///
/// The first signal is remembered. A second one ends the process as if it were not caught. With
/// `patience` above 0, the process also ends by the first signal if it then hangs: if that many
/// seconds pass without a beat and outside of waiting.
void stop_signals_catch(int patience, int with_hangup);

/// Writes a line feed to standard error before SIGINT, SIGTERM or SIGHUP ends the process, unless the
/// signal is ignored.
void stop_signals_end_line(void);

/// Restores the default action of the signals that are caught.
void stop_signals_release(void);

/// The signal that was caught, or 0. Use `stop_signals_caught` to read it.
extern int stop_signals_first;

/// The signal that was caught, or 0.
static inline int stop_signals_caught(void) {
  return __atomic_load_n(&stop_signals_first, __ATOMIC_RELAXED);
}

/// Reports progress. It has an effect only after a signal, and costs almost nothing before.
void stop_signals_beat(void);

/// Reports that the caller starts (1) or ends (0) waiting for the system.
void stop_signals_wait(int begins);

#endif
