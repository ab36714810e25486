import Glibc

/// Lets the signals that ask a process to end at once do so.
enum FatalSignals {
  /// Restores the default action of SIGQUIT and SIGABRT, unless the parent ignores them.
  ///
  /// The Swift runtime may catch them to print a backtrace. Its handler returns, so a signal from
  /// another process would not end this one. The parent may also have blocked them, as Dispatch
  /// does in its threads.
  static func prepare() {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGQUIT, SIGABRT] {
      var current = sigaction()
      guard sigaction(number, nil, &current) == 0,
        unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self)
          != unsafeBitCast(SIG_IGN, to: Int.self)
      else { continue }
      signal(number, SIG_DFL)
      sigaddset(&set, number)
    }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }
}
