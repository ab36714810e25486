#ifndef STOP_SIGNALS_H
#define STOP_SIGNALS_H

/// Blocks SIGTERM, SIGINT and SIGUSR1 in the calling thread, and in what it starts or becomes.
void stop_signals_hold(void);

/// Catches SIGTERM, SIGINT and SIGUSR1, those held included; ignores SIGHUP.
///
/// The first one caught is remembered; a second one ends the process as if it were not caught.
void stop_signals_catch(void);

/// Gives SIGTERM, SIGINT and SIGUSR1 their default again, those held included.
void stop_signals_release(void);

/// The signal that was caught, or 0.
int stop_signals_caught(void);

#endif
